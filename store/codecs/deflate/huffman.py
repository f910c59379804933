"""Code lengths as zlib assigns them, ties included.

Any optimal code would be valid; these functions give the very lengths of zlib's
``build_tree``, whose heap prefers the shallower of two equally frequent nodes.
Source: RFC 1951, section 3.2.2, and the behaviour of zlib's trees.c.
"""

from collections.abc import Sequence


def code_lengths(counts: Sequence[int], longest: int) -> list[int]:
    """The length of each symbol's code in bits, 0 for an unused one.

    There are always two codes at least, as zlib makes them for old decoders.

    Args:
        counts: How often each symbol occurs; of three symbols or more.
        longest: The most bits a code may have.
    """
    size = len(counts)
    weights = list(counts)
    used = [symbol for symbol, count in enumerate(weights) if count]
    last = used[-1] if used else -1
    while len(used) < 2:
        last = spare = last + 1 if last < 2 else 0
        weights[spare] = 1
        used.append(spare)
    order, parents = _tree(weights, used)
    return _limited(order, parents, size, longest)


def _tree(weights: list[int], heap: list[int]) -> tuple[list[int], list[int]]:
    """The nodes in the order in which the heap gave them, and their parents."""
    nodes = 2 * len(weights) + 1
    depths = [0] * nodes
    parents = [0] * nodes
    node = len(weights)
    weights.extend([0] * (nodes - node))
    heap.insert(0, -1)  # places count from 1
    order: list[int] = []
    for place in range((len(heap) - 1) // 2, 0, -1):
        _sink(heap, place, weights, depths)
    while len(heap) > 2:
        first = heap[1]
        heap[1] = heap[-1]
        heap.pop()
        _sink(heap, 1, weights, depths)
        second = heap[1]
        order += (first, second)
        weights[node] = weights[first] + weights[second]
        depths[node] = max(depths[first], depths[second]) + 1
        parents[first] = parents[second] = node
        heap[1] = node
        node += 1
        _sink(heap, 1, weights, depths)
    order.append(heap[1])
    return order, parents


def _sink(heap: list[int], place: int, weights: list[int], depths: list[int]) -> None:
    """Move a node down until none below is lighter."""
    end = len(heap) - 1
    node = heap[place]
    weight, depth = weights[node], depths[node]
    below = place * 2
    while below <= end:
        child = heap[below]
        if below < end:
            other = heap[below + 1]
            if weights[other] < weights[child] or (
                weights[other] == weights[child] and depths[other] <= depths[child]
            ):
                below += 1
                child = other
        if weight < weights[child] or (
            weight == weights[child] and depth <= depths[child]
        ):
            break
        heap[place] = child
        place = below
        below *= 2
    heap[place] = node


def _limited(
    order: list[int], parents: list[int], size: int, longest: int
) -> list[int]:
    """Depths in the tree; what lies deeper than ``longest`` is moved up."""
    lengths = [0] * len(parents)
    of_length = [0] * (longest + 1)
    too_long = 0
    for node in order[-2::-1]:
        bits = lengths[parents[node]] + 1
        if bits > longest:
            bits = longest
            too_long += 1
        lengths[node] = bits
        if node < size:
            of_length[bits] += 1
    if too_long:
        while too_long > 0:
            bits = longest - 1
            while not of_length[bits]:
                bits -= 1
            of_length[bits] -= 1
            of_length[bits + 1] += 2
            of_length[longest] -= 1
            too_long -= 2
        leaves = (node for node in order if node < size)
        for bits in range(longest, 0, -1):
            for _ in range(of_length[bits]):
                lengths[next(leaves)] = bits
    return lengths[:size]


def codes(lengths: Sequence[int]) -> list[str]:
    """Each symbol's code as the digits that are sent; "" for an unused one.

    Source: RFC 1951, section 3.2.2.
    """
    top = max(lengths)
    of_length = [0] * (top + 2)
    for bits in lengths:
        of_length[bits] += bits > 0
    following = [0] * (top + 2)
    for bits in range(1, top + 1):
        following[bits + 1] = (following[bits] + of_length[bits]) << 1
    digits = []
    for bits in lengths:
        digits.append(f"{following[bits]:0{bits}b}" if bits else "")
        following[bits] += bits > 0
    return digits


def moffat_lengths(counts: Sequence[int], longest: int) -> list[int]:
    """The length of each symbol's code in bits, as miniz assigns them.

    Source: A. Moffat and J. Katajainen, In-Place Calculation of Minimum-Redundancy
    Codes, 1995; what is too long is shortened as in miniz's tdefl.

    Args:
        counts: How often each symbol occurs.
        longest: The most bits a code may have.
    """
    used = sorted((count, symbol) for symbol, count in enumerate(counts) if count)
    lengths = [0] * len(counts)
    of_length = [0] * (longest + 1)
    for depth in _depths([count for count, _ in used]):
        of_length[min(depth, longest)] += 1
    if len(used) > 1:
        total = sum(n << (longest - bits) for bits, n in enumerate(of_length))
        for _ in range(total - (1 << longest)):
            of_length[longest] -= 1
            bits = next(b for b in range(longest - 1, 0, -1) if of_length[b])
            of_length[bits] -= 1
            of_length[bits + 1] += 2
    rarer = reversed(used)
    for bits in range(1, longest + 1):
        for _ in range(of_length[bits]):
            lengths[next(rarer)[1]] = bits
    return lengths


def _depths(weights: list[int]) -> list[int]:
    """Depths of leaves whose weights ascend; combined nodes come after leaves."""
    size = len(weights)
    if size < 2:
        return [1] * size
    inner: list[int] = []
    parents = [0] * (2 * size - 1)
    leaf = tree = 0
    for node in range(size - 1):
        weight = 0
        for _ in range(2):
            if leaf >= size or (tree < len(inner) and inner[tree] < weights[leaf]):
                weight += inner[tree]
                parents[size + tree] = size + node
                tree += 1
            else:
                weight += weights[leaf]
                parents[leaf] = size + node
                leaf += 1
        inner.append(weight)
    depths = [0] * (2 * size - 1)
    for node in range(2 * size - 3, -1, -1):
        depths[node] = depths[parents[node]] + 1
    return depths[:size]
