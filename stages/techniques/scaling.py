"""Slot `scaling`: what a network sees of a pixel. `name(images, statistics, **options)`: pixels
0..255 as floats [B, C, H, W] → same shape.

`statistics` are those of the images that a network is trained on (training/member.py); without
this slot the pixels stay as they are.
"""

from torch import Tensor


def zero_to_one(images: Tensor, statistics: dict) -> Tensor:
    """Divide by 255: values from 0 to 1."""
    return images / 255


def zero_centered(images: Tensor, statistics: dict) -> Tensor:
    """Subtract the mean over all pixels, then divide by the maximum of what is left:
    values around 0, at most 1."""
    return (images - statistics["zero_centered"]["mean"]) / statistics["zero_centered"]["maximum"]
