"""``assetstore threads``."""

from pathlib import Path

import click

from assetstore.cli.command import define_group, pass_run
from assetstore.cli.invocation import Outcome, Run
from assetstore.cli.names import KEPT_THREAD
from assetstore.cli.options import dry_run_option
from assetstore.cli.values import DURATION

GROUP_EXAMPLES = """\
Examples:
  assetstore threads                  those that are kept
  assetstore threads --gone           ... and whose clients deleted them
  assetstore threads keep             keep what is new of all threads here
  assetstore threads restore 019a3c5e

With 'keep = true' in a job, 'assetstore run' keeps its threads (docs/threads.md).
"""

LIST_EXAMPLES = """\
Examples:
  assetstore threads
  assetstore threads --gone
  assetstore threads list ~/.claude/projects/-home-me-web
  assetstore threads --gone --json | jq -r '.result.threads[].first'
"""

KEEP_EXAMPLES = """\
Examples:
  assetstore threads keep                          of all clients found here
  assetstore threads keep ~/.claude
  assetstore threads keep ~/.gemini/tmp/*/chats/session-2026-10-*.jsonl
"""

RESTORE_EXAMPLES = """\
Examples:
  assetstore threads restore 019a3c5e
  assetstore threads restore 019a3c5e --to ~/elsewhere/.claude
  assetstore threads restore 019a3c5e --earlier 1 --to look

Nothing that is there is written over. Run it again after it was cut off.
"""

PACK_EXAMPLES = """\
Examples:
  assetstore threads pack -n                   what would become smaller
  assetstore threads pack --older-than 90d
  assetstore threads pack ~/.codex/sessions/2026/03
"""

UNPACK_EXAMPLES = """\
Examples:
  assetstore threads unpack ~/.codex/sessions/2026/03/01/rollout-*.jsonl.zst

Without assetstore: zstd -d --rm FILE
"""

FORGET_EXAMPLES = """\
Examples:
  assetstore threads forget 019a3c5e
  assetstore threads forget 019a3c5e --force       its client deleted it

To have its words off the disk at once: 'assetstore purge DOCUMENT', with the name
that 'assetstore threads -v' shows.
"""


@define_group(examples=GROUP_EXAMPLES, usual="list")
def threads() -> None:
    """Keep whole threads in the store, and bring back those that are gone.

    Clients delete threads by themselves (Claude Code and Gemini CLI after 30 days). A
    thread that is kept comes back byte for byte: its log, its subagents' logs, the
    files beside it. The store then holds its words, too.
    """


@threads.define(examples=LIST_EXAMPLES, name="list")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--gone", is_flag=True, help="Only those whose logs are not there.")
@pass_run
def list_(run: Run, /, paths: tuple[Path, ...], gone: bool) -> Outcome:
    """List the threads that are kept, with their first request.

    With PATH, only those whose logs are, or were, there or below it.
    """
    from assetstore.agents.kept.listing import list_threads
    from assetstore.cli.views.kept import threads_outcome

    with run.store() as store:
        found = [t for t in list_threads(store, paths) if t.gone or not gone]
    return threads_outcome(found, gone=gone)


@threads.define(examples=KEEP_EXAMPLES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@pass_run
def keep(run: Run, /, paths: tuple[Path, ...]) -> Outcome:
    """Keep what is new of threads.

    PATH is a log, or a folder with threads; by default, all threads of the clients that
    'assetstore clients' finds here and that write text. Their files stay as they are.
    """
    import os

    from assetstore.agents.found_clients import find_clients
    from assetstore.agents.kept.groups import client_files, threads_in
    from assetstore.agents.kept.keeper import Keeper
    from assetstore.cli.views.kept import kept_outcome

    with run.store(create=True) as store, run.progress() as progress:
        own = [path for path in (store.root, store.cache_dir) if path is not None]
        found = threads_in(list(paths) or client_files(os.environ), without=own)
        progress.start(None, "keeping")
        keeper = Keeper(store, progress=progress.advance)
        done = list(keeper.keep(found))
    here = () if paths else find_clients(os.environ)
    left = [found.client.title for found in here if found.client.kept != "text"]
    return kept_outcome(done, left)


@threads.define(examples=RESTORE_EXAMPLES)
@click.argument("thread", type=KEPT_THREAD)
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Another home of its client, or any folder.  [default: where it was]",
)
@click.option(
    "--earlier",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Files that something wrote anew come back as they were N times before.",
)
@pass_run
def restore(run: Run, /, thread: str, to: Path | None, earlier: int) -> Outcome:
    """Bring a thread back, so that its client goes on with it.

    THREAD is the beginning of its id, or its log. What comes back is dated now: clients
    delete what is old. Images that were archived from it are put back by 'assetstore
    restore LOG', as ever.
    """
    from assetstore.agents.kept.bring_back import bring_back
    from assetstore.agents.kept.listing import kept_thread
    from assetstore.cli.views.kept import restored_outcome

    with run.store() as store:
        manifest = kept_thread(store, thread)
        return restored_outcome(bring_back(store, manifest, to, earlier=earlier))


@threads.define(examples=FORGET_EXAMPLES)
@click.argument("thread", type=KEPT_THREAD)
@click.option(
    "--force",
    is_flag=True,
    help="Do so even if its log is gone: there is no other copy then.",
)
@click.option(
    "--foreign",
    is_flag=True,
    help="Give up what other users or machines keep of it, too.",
)
@pass_run
def forget(run: Run, /, thread: str, force: bool, foreign: bool) -> Outcome:
    """Keep a thread no longer.

    THREAD is the beginning of its id, or its log. The next 'gc' removes what nothing
    else needs, after its grace period. A job with 'keep = true' keeps it anew as long
    as it is there.
    """
    from assetstore.agents.kept.listing import forget_thread, kept_thread
    from assetstore.cli.views.kept import forgotten_outcome

    with run.store() as store:
        manifest = kept_thread(store, thread)
        forget_thread(store, manifest, force=force, foreign=foreign)
        return forgotten_outcome(manifest)


@threads.define(examples=PACK_EXAMPLES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--older-than",
    type=DURATION,
    default="30d",
    show_default=True,
    help="Only logs that nobody wrote to for so long.",
)
@dry_run_option()
@pass_run
def pack(
    run: Run, /, paths: tuple[Path, ...], older_than: float, dry_run: bool
) -> Outcome:
    """Compress whole logs of Codex that are idle, as it does itself.

    Codex from 0.152 on lists them, goes on with them and unpacks what it loads; logs of
    earlier versions are left alone. Archive them first: pictures do not get smaller by
    this. PATH is a log or a folder; by default, Codex's home.
    """
    from assetstore.agents.codex.packing import pack_logs
    from assetstore.agents.find import find_threads
    from assetstore.agents.homes import log_folders
    from assetstore.cli.views.kept import packed_outcome

    homes = {name: home for name, home in run.homes.items() if name == "codex"}
    folders = paths or log_folders(homes).get("codex", ())
    found = (log.path for t in find_threads(folders, {}) for log in t.logs)
    with run.store(create=True, dry_run=dry_run) as store:
        done = list(pack_logs(store, found, older_than=older_than, dry_run=dry_run))
    return packed_outcome(done, dry_run=dry_run)


@threads.define(examples=UNPACK_EXAMPLES)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@pass_run
def unpack(run: Run, /, paths: tuple[Path, ...]) -> Outcome:
    """Unpack logs of Codex in their places, byte for byte."""
    from assetstore.agents.codex.packing import PackedLog, unpack_log
    from assetstore.cli.views.kept import packed_outcome
    from assetstore.errors import AssetstoreError
    from assetstore.files.replace import absolute

    done = []
    with run.store(create=True) as store:
        for path in map(absolute, paths):
            try:
                done.append(unpack_log(store, path))
            except (AssetstoreError, OSError) as e:
                done.append(PackedLog(path=path, to=path, before=0, error=e))
    return packed_outcome(done, dry_run=False)
