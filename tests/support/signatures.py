"""Whether what claims to have a protocol's methods can be called as it says."""

import inspect


def can_be_called(protocol: type, found: object) -> bool:
    """Tell whether something has a protocol's methods, with its parameters."""
    return all(
        _is_alike(wanted, getattr(found, name))
        for name, wanted in vars(protocol).items()
        if inspect.isfunction(wanted) and not name.startswith("_")
    )


def _is_alike(wanted: object, method: object) -> bool:
    theirs = inspect.signature(method).parameters  # type: ignore[arg-type]
    asked = list(inspect.signature(wanted).parameters.values())[1:]  # type: ignore[arg-type]
    known = [
        each.name in theirs and each.default == theirs[each.name].default
        for each in asked
    ]
    # What is asked for beyond has to have a default.
    names = {each.name for each in asked}
    more = [
        each.default is not each.empty
        for name, each in theirs.items()
        if name not in names
    ]
    return all(known + more)
