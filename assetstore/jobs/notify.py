"""Tell others how a run went: a ping, a command, a file for Prometheus."""

import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from assetstore.errors import AssetstoreError
from assetstore.files.leftovers import Sweeper
from assetstore.files.replace import Draft
from assetstore.jobs.log import TaskState

_WAIT = 10.0
_COMMAND_WAIT = 300.0


def ping(url: str, suffix: str = "", body: str = "") -> str:
    """Call a monitor's address, as healthchecks wants it: /start, /fail or none.

    Returns:
        Why that did not work, or "". It is nothing that a run should fail for.
    """
    base, mark, query = url.partition("?")
    request = urllib.request.Request(  # noqa: S310 the scheme is checked by the configuration
        f"{base.rstrip('/')}{suffix}{mark}{query}",
        data=_encoded(body)[:10_000],
        headers={"User-Agent": "assetstore", "Content-Type": "text/plain"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_WAIT):  # noqa: S310 likewise
            return ""
    except (OSError, ValueError) as e:
        return f"{base} could not be told: {e}"


def _encoded(text: str) -> bytes:
    """Text for others; names of files that are no UTF-8 are shown with escapes."""
    return text.encode("utf-8", "backslashreplace")


def call(
    command: str,
    *,
    environ: Mapping[str, str],
    run: str,
    exit_code: int,
    text: str,
) -> None:
    """Run the user's command with what went wrong on its standard input.

    Raises:
        AssetstoreError: It could not be run, or did not succeed.
    """
    environment = {
        **environ,
        "ASSETSTORE_RUN": run,
        "ASSETSTORE_EXIT_CODE": str(exit_code),
    }
    try:
        done = subprocess.run(  # noqa: S602 a command of the user's own configuration
            command,
            shell=True,
            input=_encoded(text),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_COMMAND_WAIT,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as e:
        raise AssetstoreError(f"report.on_failure could not be run: {e}") from e
    if done.returncode:
        said = done.stdout.decode("utf-8", "replace").strip()[-500:]
        raise AssetstoreError(
            f"report.on_failure ended with {done.returncode}"
            + (f": {said}" if said else ""),
            hint=f"It is: {command}",
        )


def write_metrics(
    path: Path,
    tasks: Mapping[str, TaskState],
    *,
    ended: float,
    seconds: float,
    exit_code: int,
) -> None:
    """Write a file for the textfile collector of Prometheus' node exporter.

    The names are in docs/periodic.md. The file is replaced as a whole.

    Raises:
        OSError: It cannot be written.
    """
    from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

    registry = CollectorRegistry()

    def gauge(name: str, help: str, value: float) -> None:
        Gauge(f"assetstore_run_{name}", help, registry=registry).set(value)

    gauge("end_timestamp_seconds", "When the last run ended.", ended)
    gauge("duration_seconds", "How long the last run took.", seconds)
    gauge("exit_code", "The last run's exit code.", exit_code)
    success = Gauge(
        "assetstore_task_success_timestamp_seconds",
        "When a task last succeeded.",
        ["task"],
        registry=registry,
    )
    failed = Gauge(
        "assetstore_task_failed",
        "Whether a task's last end was no success.",
        ["task"],
        registry=registry,
    )
    runs = Counter(
        "assetstore_task_runs", "How often a task ended.", ["task"], registry=registry
    )
    saved = Counter(
        "assetstore_task_saved_bytes",
        "Bytes by which documents became smaller.",
        ["task"],
        registry=registry,
    )
    freed = Counter(
        "assetstore_task_freed_bytes",
        "Bytes by which the store became smaller.",
        ["task"],
        registry=registry,
    )
    for name, state in tasks.items():
        if state.last_success is not None:
            success.labels(name).set(state.last_success)
        failed.labels(name).set(state.last_result != "ok")
        runs.labels(name).inc(state.runs)
        saved.labels(name).inc(state.saved)
        freed.labels(name).inc(state.freed)
    path.parent.mkdir(parents=True, exist_ok=True)
    Sweeper().sweep(path)
    with Draft(path) as draft:
        draft.write(generate_latest(registry))
        draft.publish()
