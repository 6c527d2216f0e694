"""How large the maps of a convolution or a pool are."""

from stages.command import Problem


def output_size(
    size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """(N - F + 2P) / S + 1, rounded down, where a dilated filter of F spans more pixels (deck 004).

    Raises Problem where the filter doesn't fit.
    """
    span = dilation * (kernel - 1) + 1
    if span > size + 2 * padding:
        text = f"a filter of {span} does not fit into a side of {size + 2 * padding} pixels"
        raise Problem(f"network: {text}; take a smaller one, padding same, or larger images")
    return (size - span + 2 * padding) // stride + 1


def same(kernel: int, dilation: int = 1) -> int:
    """The padding that keeps a side at stride 1: (F - 1) / 2 (deck 004). Raises Problem for an even
    filter, which would need more on one side."""
    if kernel % 2 == 0:
        text = f"found {kernel}, but padding same needs an odd filter"
        raise Problem(f"network: kernel: {text}; take {kernel - 1} or {kernel + 1}, or valid")
    return dilation * (kernel - 1) // 2
