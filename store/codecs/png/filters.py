"""Scanline filters (W3C PNG specification, third edition, section 9)."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

KINDS = 5
# How many bytes are filtered at a time: what a processor's cache holds.
_BAND = 128 << 10


def refilter(rows: "Bytes", kinds: "Bytes", step: int) -> "Bytes":
    """Scanlines, each behind the byte that names its filter.

    Args:
        rows: The samples, a row for each scanline.
        kinds: Each row's filter, 0 to 4.
        step: Bytes between a sample and the one to its left.
    """
    height, size = rows.shape
    out = np.empty((height, size + 1), np.uint8)
    out[:, 0] = kinds
    band = max(1, _BAND // size)
    for kind in range(KINDS):
        at = np.flatnonzero(kinds == kind)
        for start in range(0, len(at), band):
            part = at[start : start + band]
            out[part, 1:] = _filtered(kind, rows, part, step)
    return out.reshape(-1)


def _filtered(kind: int, rows: "Bytes", at: "NDArray[np.intp]", step: int) -> "Bytes":
    here = rows[at]
    if kind == 0:
        return here
    left = np.zeros_like(here)
    left[:, step:] = here[:, :-step]
    if kind == 1:
        return here - left
    above = rows[at - 1]
    above[at == 0] = 0
    if kind == 2:
        return here - above
    a, b = left.astype(np.int16), above.astype(np.int16)
    if kind == 3:
        return here - ((a + b) >> 1).astype(np.uint8)
    c = np.zeros_like(b)
    c[:, step:] = b[:, :-step]
    far_left, far_up = np.abs(b - c), np.abs(a - c)  # as from a + b - c
    far_corner = np.abs(a + b - c - c)
    guess = np.where(far_up <= far_corner, above, c.astype(np.uint8))
    nearest = (far_left <= far_up) & (far_left <= far_corner)
    return here - np.where(nearest, left, guess)
