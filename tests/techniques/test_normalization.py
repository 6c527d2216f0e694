"""Batch normalization against its formula, and its moving averages."""

import torch

from stages.techniques.normalization import batch_normalization


def test_training_uses_the_batch_and_testing_the_moving_averages():
    torch.manual_seed(0)
    layer = batch_normalization(3, True, momentum=0.25, eps=1e-3)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.0, 2, 3]))
        layer.bias.copy_(torch.tensor([0.5, 0, -1]))
    x = torch.randn(8, 3, 4, 4) * 5 + 2
    mean, variance = x.mean(dim=(0, 2, 3)), x.var(dim=(0, 2, 3), unbiased=False)
    torch.testing.assert_close(layer(x), _formula(x, mean, variance, layer))

    layer.eval()
    moving_mean, moving_variance = 0.25 * mean, 0.75 + 0.25 * x.var(dim=(0, 2, 3), unbiased=True)
    torch.testing.assert_close(layer(x), _formula(x, moving_mean, moving_variance, layer))


def _formula(x, mean, variance, layer):
    mean, variance, scale, shift = (
        v[None, :, None, None] for v in (mean, variance, layer.weight, layer.bias)
    )
    return (x - mean) / torch.sqrt(variance + 1e-3) * scale + shift


def test_units_are_normalized_like_maps_of_one_pixel():
    torch.manual_seed(0)
    x = torch.randn(8, 3) * 5 + 2
    units, maps = batch_normalization(3, False), batch_normalization(3, True)
    torch.testing.assert_close(units(x), maps(x[:, :, None, None])[:, :, 0, 0])
