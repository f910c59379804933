"""The text format of Prometheus, and what a run writes in it."""

import math
from pathlib import Path

import pytest

from assetstore.jobs.log import TaskState
from assetstore.jobs.metrics import Metric, exposition
from assetstore.jobs.notify import write_metrics


def test_a_metric_has_its_help_and_type_before_its_samples() -> None:
    runs = Metric(
        name="runs_total",
        help="How often.",
        kind="counter",
        samples=[({"task": "a", "store": "b"}, 3), ({"task": "c"}, 0.25)],
    )
    empty = Metric(name="ended_seconds", help="When.")
    assert exposition([runs, empty]) == (
        "# HELP runs_total How often.\n"
        "# TYPE runs_total counter\n"
        'runs_total{task="a",store="b"} 3.0\n'
        'runs_total{task="c"} 0.25\n'
        "# HELP ended_seconds When.\n"
        "# TYPE ended_seconds gauge\n"
    )
    assert exposition([]) == ""


def test_help_and_labels_are_escaped() -> None:
    text = exposition(
        [Metric(name="a", help='a "b" \\ \n', samples=[({"c": 'd "e" \\n \n'}, 1)])]
    )
    assert text == (
        '# HELP a a "b" \\\\ \\n\n# TYPE a gauge\n'
        'a{c="d \\"e\\" \\\\n \\n"} 1.0\n'
    )  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), [("a", "counter"), ("a_total", "gauge")])
def test_counters_and_no_others_end_in_total(name: str, kind: str) -> None:
    with pytest.raises(ValueError, match=f"no name of a {kind}"):
        Metric(name=name, help="", kind=kind)  # type: ignore[arg-type]


# As prometheus-client 0.26 writes them.
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.0"),
        (True, "1.0"),
        (-1.5, "-1.5"),
        (1e-7, "1e-07"),
        (999999, "999999.0"),
        (1000000, "1e+06"),
        (1764239000.25, "1.76423900025e+09"),
        (12345678901, "1.2345678901e+10"),
        (1e15 + 0.5, "1.0000000000000005e+15"),
        (1e16, "1e+16"),
        (-12345678.0, "-12345678.0"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
        (math.nan, "NaN"),
    ],
)
def test_numbers_are_as_go_reads_them(value: float, text: str) -> None:
    written = exposition([Metric(name="a", help="", samples=[({}, value)])])
    assert written.splitlines()[-1] == f"a {text}"


def test_what_a_run_writes(tmp_path: Path) -> None:
    path = tmp_path / "metrics" / "assetstore.prom"
    done = TaskState(
        last_success=1764239000.0, last_result="ok", runs=2, saved=5_000_000, freed=7
    )
    tasks = {'gc /a "b"': done, "caf\udce9": TaskState()}
    write_metrics(path, tasks, ended=1764239001.5, seconds=1.5, exit_code=3)
    assert (
        path.read_text("utf-8")
        == """\
# HELP assetstore_run_end_timestamp_seconds When the last run ended.
# TYPE assetstore_run_end_timestamp_seconds gauge
assetstore_run_end_timestamp_seconds 1.7642390015e+09
# HELP assetstore_run_duration_seconds How long the last run took.
# TYPE assetstore_run_duration_seconds gauge
assetstore_run_duration_seconds 1.5
# HELP assetstore_run_exit_code The last run's exit code.
# TYPE assetstore_run_exit_code gauge
assetstore_run_exit_code 3.0
# HELP assetstore_task_success_timestamp_seconds When a task last succeeded.
# TYPE assetstore_task_success_timestamp_seconds gauge
assetstore_task_success_timestamp_seconds{task="gc /a \\"b\\""} 1.764239e+09
# HELP assetstore_task_failed Whether a task's last end was no success.
# TYPE assetstore_task_failed gauge
assetstore_task_failed{task="gc /a \\"b\\""} 0.0
assetstore_task_failed{task="caf\\\\udce9"} 1.0
# HELP assetstore_task_runs_total How often a task ended.
# TYPE assetstore_task_runs_total counter
assetstore_task_runs_total{task="gc /a \\"b\\""} 2.0
assetstore_task_runs_total{task="caf\\\\udce9"} 0.0
# HELP assetstore_task_runs_created How often a task ended.
# TYPE assetstore_task_runs_created gauge
assetstore_task_runs_created{task="gc /a \\"b\\""} 1.7642390015e+09
assetstore_task_runs_created{task="caf\\\\udce9"} 1.7642390015e+09
# HELP assetstore_task_saved_bytes_total Bytes by which documents became smaller.
# TYPE assetstore_task_saved_bytes_total counter
assetstore_task_saved_bytes_total{task="gc /a \\"b\\""} 5e+06
assetstore_task_saved_bytes_total{task="caf\\\\udce9"} 0.0
# HELP assetstore_task_saved_bytes_created Bytes by which documents became smaller.
# TYPE assetstore_task_saved_bytes_created gauge
assetstore_task_saved_bytes_created{task="gc /a \\"b\\""} 1.7642390015e+09
assetstore_task_saved_bytes_created{task="caf\\\\udce9"} 1.7642390015e+09
# HELP assetstore_task_freed_bytes_total Bytes by which the store became smaller.
# TYPE assetstore_task_freed_bytes_total counter
assetstore_task_freed_bytes_total{task="gc /a \\"b\\""} 7.0
assetstore_task_freed_bytes_total{task="caf\\\\udce9"} 0.0
# HELP assetstore_task_freed_bytes_created Bytes by which the store became smaller.
# TYPE assetstore_task_freed_bytes_created gauge
assetstore_task_freed_bytes_created{task="gc /a \\"b\\""} 1.7642390015e+09
assetstore_task_freed_bytes_created{task="caf\\\\udce9"} 1.7642390015e+09
"""
    )
