"""What was called otherwise in the last version, and still may be, for this one."""

import warnings


def take_renamed(options: object, was: str, name: str, value: object | None) -> None:
    """Take an option that was given by its old name, and warn of that.

    Args:
        options: A frozen dataclass that is being made.
        was: The old name.
        name: The name now.
        value: What was given; None: nothing.
    """
    if value is None:
        return
    warnings.warn(
        f"{type(options).__name__}({was}=...) is deprecated, and will be gone from the "
        f"next version: use {name}",
        DeprecationWarning,
        stacklevel=4,  # who made it, above two generated functions
    )
    object.__setattr__(options, name, value)
