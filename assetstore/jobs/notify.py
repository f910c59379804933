"""Tell others how a run went: a ping, a command, a file for Prometheus."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from assetstore.errors import AssetstoreError, UsageError
from assetstore.files.durable import make_folder
from assetstore.files.leftovers import Sweeper
from assetstore.files.output import check_output
from assetstore.files.replace import Draft
from assetstore.jobs.log import TaskState
from assetstore.jobs.metrics import Metric, exposition

_OURS = b"# HELP assetstore_"
_WAIT = 10.0
_COMMAND_WAIT = 300.0


def ping(url: str, suffix: str = "", body: str = "") -> str:
    """Call a monitor's address, as healthchecks wants it: /start, /fail or none.

    Returns:
        Why that did not work, or "". It is nothing that a run should fail for.
    """
    # HTTP takes long to import, and most runs tell nobody.
    import urllib.request
    from base64 import b64encode
    from http.client import HTTPException
    from urllib.parse import unquote, urlsplit, urlunsplit

    base, mark, query = url.partition("?")
    # The log keeps what went wrong: who may call the monitor is not in it.
    scheme, _, rest = base.partition("://")
    said = f"{scheme}://{rest.rpartition('@')[2].partition('/')[0]}"
    try:
        parts = urlsplit(base)
        user, at, host = parts.netloc.rpartition("@")
        headers = {"User-Agent": "assetstore", "Content-Type": "text/plain"}
        if at:
            secret = b64encode(unquote(user).encode()).decode()
            headers["Authorization"] = f"Basic {secret}"
        base = urlunsplit(parts._replace(netloc=host)).rstrip("/")
        request = urllib.request.Request(  # noqa: S310 the scheme is checked by the configuration
            f"{base}{suffix}{mark}{query}",
            data=_encoded(body)[:10_000],
            headers=headers,
        )
        with urllib.request.urlopen(request, timeout=_WAIT):  # noqa: S310 likewise
            return ""
    except (OSError, ValueError, HTTPException) as e:
        return f"{said} could not be told: {e}"


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
    import subprocess

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
        UsageError: Something else is there.
        OSError: It cannot be written.
    """
    make_folder(path.parent, 0o777)
    with contextlib.suppress(FileNotFoundError):
        check_output(path.parent, path)  # no link, no device
        with path.open("rb") as file:
            if file.read(len(_OURS)) not in (_OURS, b""):
                raise UsageError(
                    f"{path} has something else in it than metrics",
                    hint="Name another file, or remove that one.",
                    path=str(path),
                )
    Sweeper().sweep(path)
    metrics = [*_of_run(ended, seconds, exit_code), *_of_tasks(tasks, ended)]
    with Draft(path) as draft:
        draft.write(exposition(metrics).encode())
        draft.publish(shared=True)


def _of_run(ended: float, seconds: float, exit_code: int) -> Iterator[Metric]:
    for name, help, value in (
        ("end_timestamp_seconds", "When the last run ended.", ended),
        ("duration_seconds", "How long the last run took.", seconds),
        ("exit_code", "The last run's exit code.", exit_code),
    ):
        yield Metric(name=f"assetstore_run_{name}", help=help, samples=[({}, value)])


def _of_tasks(tasks: Mapping[str, TaskState], ended: float) -> Iterator[Metric]:
    states = [
        ({"task": _encoded(name).decode()}, state) for name, state in tasks.items()
    ]
    yield Metric(
        name="assetstore_task_success_timestamp_seconds",
        help="When a task last succeeded.",
        samples=[
            (labels, state.last_success)
            for labels, state in states
            if state.last_success is not None
        ],
    )
    yield Metric(
        name="assetstore_task_failed",
        help="Whether a task's last end was no success.",
        samples=[(labels, state.last_result != "ok") for labels, state in states],
    )
    runs = [(labels, state.runs) for labels, state in states]
    saved = [(labels, state.saved) for labels, state in states]
    freed = [(labels, state.freed) for labels, state in states]
    smaller = "Bytes by which {} became smaller."
    yield from _counted("runs", "How often a task ended.", runs, ended)
    yield from _counted("saved_bytes", smaller.format("documents"), saved, ended)
    yield from _counted("freed_bytes", smaller.format("the store"), freed, ended)


def _counted(
    name: str,
    help: str,
    samples: Sequence[tuple[Mapping[str, str], float]],
    ended: float,
) -> Iterator[Metric]:
    """A counter, and since when it is in the file, as Prometheus' own client tells."""
    name = f"assetstore_task_{name}"
    yield Metric(name=f"{name}_total", help=help, kind="counter", samples=samples)
    if samples:
        since = [(labels, ended) for labels, _ in samples]
        yield Metric(name=f"{name}_created", help=help, samples=since)
