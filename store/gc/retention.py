"""Which states of which documents a collection keeps, and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assetstore.store.format.blob import Ref
from assetstore.store.format.manifest import THREAD, Manifest
from assetstore.store.reports import Decision

# Says why a document is gone for good; "" where it is not, or nobody can tell.
Gone = Callable[[Manifest], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What to keep of a document that was archived several times.

    Without any rule, an older state goes only if the newest one holds all that it
    held, or the document was restored from it.

    Attributes:
        keep_last: So many of its newest states.
        keep_within: All states younger than this, in seconds.
    """

    keep_last: int | None = None
    keep_within: float | None = None

    @property
    def rules(self) -> bool:
        """Tell whether there are any rules."""
        return self.keep_last is not None or self.keep_within is not None


def decide(
    states: Sequence[Manifest],
    *,
    writer: str,
    retention: Retention,
    now: float,
    grace: float,
    gone: Gone,
) -> list[Decision]:
    """Decide on every state of a document.

    Args:
        states: Its manifests, the newest first.
        writer: Who we are; another writer's manifests stay.
        retention: The rules.
        now: Seconds since 1970.
        grace: A state that was superseded more recently (seconds) stays; 0: none does,
            whatever clock dated it.
        gone: Says whether the document is gone for good.
    """
    newest = states[0]
    own = newest.writer == writer
    why = gone(newest) if own and newest.refs else ""
    decisions = [_decision(newest, keep=not why, reason=why or _newest(newest, own))]
    needed = set(newest.refs)
    for index, state in enumerate(states[1:], 1):
        after = states[index - 1]
        keep, reason = True, "another user or machine wrote it"
        if own and why:
            keep, reason = False, why
        elif own and grace > 0 and after.created > now - grace:
            reason = "it was superseded within the grace period"
        elif own:
            keep, reason = _older(index, states, needed, retention, now)
        decisions.append(_decision(state, keep=keep, reason=reason))
    return decisions


def _newest(state: Manifest, own: bool) -> str:
    if not own:
        return "another user or machine wrote it"
    if state.begun:
        return "a restore was begun; it is not known whether it was done"
    if state.state == "restored":
        return "the document was restored; it needs nothing"
    return "it is the document's newest state"


def _older(
    index: int,
    states: Sequence[Manifest],
    needed: set[Ref],
    retention: Retention,
    now: float,
) -> tuple[bool, str]:
    state = states[index]
    if all(after.begun for after in states[:index]):
        return True, "a restore from it was begun; it is not known whether it was done"
    if states[0].document.startswith(THREAD) or needed.issuperset(state.refs):
        return False, "the newest state holds all that it held"
    if _was_restored(index, states):
        return False, "the document was restored from it"
    if not retention.rules:
        return True, "no newer state covers it, and no rule says that it may go"
    if retention.keep_last is not None and index < retention.keep_last:
        return True, f"keep_last is {retention.keep_last}"
    within = retention.keep_within
    if within is not None and state.created > now - within:
        return True, "it is younger than keep_within"
    return False, "no rule keeps it"


def _was_restored(index: int, states: Sequence[Manifest]) -> bool:
    """Tell whether what came next was a restore, and was done."""
    seq = states[index].seq
    for after in reversed(states[:index]):
        seq += 1
        if after.state != "restored" or after.seq != seq:
            return False
        if not after.begun:
            return True
    return False


def _decision(state: Manifest, *, keep: bool, reason: str) -> Decision:
    return Decision(
        document=state.document, archived=state.created, keep=keep, reason=reason
    )


def never(manifest: Manifest) -> str:
    """Take no document for gone."""
    return ""


def spared(
    decisions: Sequence[Decision],
    states: Sequence[Manifest],
    now: Manifest | None,
    problem: str,
) -> list[Decision]:
    """Keep the state that the file is in, and every state if that cannot be told.

    Args:
        decisions: What was decided on each state.
        states: All states of a document.
        now: The one that its file is in (`Documents.state`).
        problem: Why that cannot be told.
    """
    if problem:
        return [_kept(decision, problem) for decision in decisions]
    return [
        _kept(decision, "the file is still as it was then")
        if state is now
        else decision
        for decision, state in zip(decisions, states, strict=True)
    ]


def _kept(decision: Decision, reason: str) -> Decision:
    return decision if decision.keep else replace(decision, keep=True, reason=reason)
