"""Super-resolution as it is trained and as it is scored, beside scikit-image and torch."""

import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from torch.nn import functional as F

from stages.scoring.tasks import super_resolution as scored
from stages.tasks import super_resolution as learned

RANDOM = np.random.RandomState(0)
TRUTH = RANDOM.randint(256, size=(5, 3, 12, 16)).astype(np.uint8)
# Outputs beyond black and white, too.
OUTPUTS = torch.from_numpy(TRUTH / 255 + RANDOM.normal(scale=0.1, size=TRUTH.shape)).float()
PREDICTED = learned.predictions(OUTPUTS)
SHOWN = PREDICTED.numpy().astype(np.uint8)


def test_predictions_are_whole_numbers_from_black_to_white():
    assert torch.equal(PREDICTED, PREDICTED.round())
    assert (PREDICTED.min(), PREDICTED.max()) == (0, 255)
    np.testing.assert_array_equal(SHOWN, (OUTPUTS.clamp(0, 1) * 255).round().numpy())


def test_the_score_is_scikit_images_peak_signal_to_noise_ratio():
    pairs = zip(TRUTH, SHOWN, strict=True)
    expected = [peak_signal_noise_ratio(*pair, data_range=255) for pair in pairs]
    np.testing.assert_allclose(scored.scores(PREDICTED.numpy(), TRUTH), expected, rtol=1e-9)
    of_training = learned.psnr(PREDICTED, torch.from_numpy(TRUTH))
    np.testing.assert_allclose(of_training.numpy(), expected, rtol=1e-9)
    assert learned.score(OUTPUTS, torch.from_numpy(TRUTH)).item() == pytest.approx(sum(expected))


def test_structural_similarity_is_scikit_images():
    expected = [
        structural_similarity(truth, shown, data_range=255, channel_axis=0)
        for truth, shown in zip(TRUTH, SHOWN, strict=True)
    ]
    np.testing.assert_allclose(scored.ssim(SHOWN, TRUTH), expected, rtol=1e-9)


def test_an_image_without_an_error_has_a_finite_score():
    [found] = scored.scores(TRUTH[:1].astype(np.float16), TRUTH[:1])
    assert found == pytest.approx(10 * np.log10(255**2 * TRUTH[0].size))
    of_training = learned.psnr(torch.from_numpy(TRUTH[:1]).half(), torch.from_numpy(TRUTH[:1]))
    assert of_training.item() == pytest.approx(found)


def test_the_loss_is_torchs_mean_squared_error():
    targets = torch.from_numpy(TRUTH)
    expected = F.mse_loss(OUTPUTS, targets / 255)
    torch.testing.assert_close(learned.loss(OUTPUTS, targets), expected)
    loss, score = learned.judged(PREDICTED, targets)
    assert scored.loss(PREDICTED.numpy(), TRUTH) == pytest.approx(loss, rel=1e-5)
    assert score == pytest.approx(scored.scores(PREDICTED.numpy(), TRUTH).mean())


def test_not_a_number_stays_one_and_is_scored_as_black():
    predicted = learned.predictions(torch.full((1, 3, 12, 16), torch.nan))
    assert predicted.isnan().all()
    kept = scored.scores(np.nan_to_num(predicted.numpy()), TRUTH[:1])
    assert kept[0] == pytest.approx(
        peak_signal_noise_ratio(TRUTH[0], np.zeros_like(TRUTH[0]), data_range=255)
    )
    assert scored.metrics(scored.tables(predicted.numpy()[None], TRUTH[:1], [])) == {"ssim": None}


def test_what_learns_nothing_enlarges_as_torch_does():
    small = RANDOM.randint(256, size=(5, 3, 6, 8)).astype(np.uint8)
    found = {row["method"]: row["psnr"] for row in scored.references(small, TRUTH)}
    images = torch.from_numpy(small).float()
    for method in ("nearest", "bilinear"):
        larger = F.interpolate(images, scale_factor=2, mode=method).round()
        expected = learned.psnr(larger, torch.from_numpy(TRUTH)).mean().item()
        # Pillow rounds twice, once in each direction.
        assert found[method] == pytest.approx(expected, abs=0.01)


def test_a_mean_of_members_is_judged_as_it_is_shown():
    halves = np.full((1, 3, 12, 16), 100.25, dtype=np.float16)
    whole = np.full((1, 3, 12, 16), 100, dtype=np.float16)
    np.testing.assert_array_equal(scored.scores(halves, TRUTH[:1]), scored.scores(whole, TRUTH[:1]))
