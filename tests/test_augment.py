"""What training does to crops: tone colours, hidden bands, and an adversary that knows when to stop."""

from __future__ import annotations

import torch

from timbrespace.config import preset
from timbrespace.training.augment import Colour, hide_bands
from timbrespace.training.losses import LossWeights
from timbrespace.training.objective import Material, Objective

TINY = preset("tiny")


def objective(adversary: float = 1.0) -> Objective:
    torch.manual_seed(0)
    quantiles = tuple(torch.linspace(-60.0, 0.0, 257).tolist())
    material = Material(0.0, quantiles, (0.0,) * TINY.signal.bins)
    return Objective(TINY, LossWeights(adversary=adversary), material)


def test_colour_is_a_smooth_gain_without_phase_the_same_all_along_a_crop() -> None:
    torch.manual_seed(1)
    spectra = torch.randn(500, 2, TINY.signal.bins, dtype=torch.complex64)
    ratio = Colour(TINY.signal, deviation_db=2.0)(spectra) / spectra
    assert ratio.imag.abs().max() < 1e-5
    gain_db = 20.0 * torch.log10(ratio.real)
    assert torch.allclose(gain_db[:, 0], gain_db[:, 1], atol=1e-3)
    lowest = gain_db[:, 0, 0]  # all cosines add up there: 2 dB · √(1 + ¼ + 1/9 + 1/16 + 1/25)
    assert abs(float(lowest.std()) - 2.0 * (1 + 1 / 4 + 1 / 9 + 1 / 16 + 1 / 25) ** 0.5) < 0.3
    assert gain_db.diff(dim=2).abs().max() < 1.0


def test_hidden_bands_are_a_bounded_share_and_the_same_all_along_a_crop() -> None:
    torch.manual_seed(2)
    hidden = hide_bands(torch.ones(200, 3, 400), most=0.5) == 0.0
    assert torch.equal(hidden[:, 0], hidden[:, 2])
    share = hidden[:, 0].float().mean(dim=1)
    assert share.max() < 0.6
    assert 0.2 < share.mean() < 0.3


def test_adversary_pushes_less_the_less_it_reads() -> None:
    found = []
    for skill in (1.0, 0.25, 0.0):
        scene = objective()
        scene.skill.fill_(skill)
        mean = torch.randn(4, 8, TINY.latents, generator=torch.Generator().manual_seed(3), requires_grad=True)
        loudness_db = -30.0 * torch.rand(4, 8, generator=torch.Generator().manual_seed(4))
        audible = torch.ones(4, 8, dtype=torch.bool)
        scene._read_loudness(mean, loudness_db, audible, progress=1.0).backward()
        assert mean.grad is not None
        found.append(float(mean.grad.norm()))
    assert found[2] == 0.0
    assert abs(found[1] / found[0] - 0.25) < 1e-3


def test_skill_falls_where_loudness_cannot_be_read() -> None:
    scene = objective()
    generator = torch.Generator().manual_seed(5)
    for _ in range(100):
        mean = torch.randn(4, 64, TINY.latents, generator=generator)
        loudness_db = -60.0 * torch.rand(4, 64, generator=generator)
        scene._read_loudness(mean, loudness_db, torch.ones(4, 64, dtype=torch.bool), progress=1.0)
    assert float(scene.skill) < 0.05


def test_targets_are_coloured_in_training_only() -> None:
    scene = objective()
    audio = torch.randn(2, scene.crop_samples(4), generator=torch.Generator().manual_seed(6))
    torch.manual_seed(7)
    scene.eval()
    plain, again = scene._targets(audio)[0], scene._targets(audio)[0]
    scene.train()
    coloured = scene._targets(audio)[0]
    assert torch.equal(plain.log_magnitude, again.log_magnitude)
    assert (coloured.log_magnitude - plain.log_magnitude).abs().max() > 1e-3
