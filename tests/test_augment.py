"""What training does to crops: other envelopes, and an adversary that knows when to stop."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from timbrespace.config import preset
from timbrespace.features import FrameFeatures
from timbrespace.training.augment import CURVES, MOST_GAIN_DB, Colour, Exchange
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
    lowest = gain_db[:, 0, 0]  # all cosines add up there
    assert abs(float(lowest.std()) - 2.0 * sum(1 / j**2 for j in range(1, CURVES + 1)) ** 0.5) < 0.3


def test_exchange_moves_each_envelope_some_way_towards_another() -> None:
    """Two flat sounds and two tilted ones: nobody ends outside of what there was, and phases stay."""
    torch.manual_seed(2)
    features = FrameFeatures(TINY.signal)
    tilt = 10.0 ** torch.linspace(0.5, -0.5, TINY.signal.bins)
    noise = torch.randn(64, 6, TINY.signal.bins, dtype=torch.complex64)
    noise[32:] *= tilt
    bands, loudness_db = features.heard(noise)
    moved = Exchange(TINY.signal)(noise, bands, torch.ones_like(loudness_db))
    ratio = moved / noise
    assert ratio.imag.abs().max() < 1e-4
    gain_db = 20.0 * torch.log10(ratio.real)[:, 0]
    assert gain_db.abs().max() <= MOST_GAIN_DB + 1e-3
    slope = gain_db[:, 5:20].mean(dim=1) - gain_db[:, -20:-5].mean(dim=1)
    assert slope[:32].min() > -6.0
    assert slope[:32].max() > 8.0
    assert slope[32:].max() < 6.0
    assert slope[32:].min() < -8.0
    assert slope.abs().max() < 26.0


def test_exchange_leaves_a_batch_of_equal_sounds_alone() -> None:
    torch.manual_seed(3)
    spectra = torch.randn(1, 6, TINY.signal.bins, dtype=torch.complex64).expand(8, -1, -1)
    bands, loudness_db = FrameFeatures(TINY.signal).heard(spectra)
    moved = Exchange(TINY.signal)(spectra, bands, torch.ones_like(loudness_db))
    torch.testing.assert_close(moved, spectra, rtol=1e-3, atol=1e-3)


def test_adversary_pushes_less_the_less_it_reads() -> None:
    found = []
    for skill in (1.0, 0.25, 0.0):
        scene = objective()
        scene.readers.skill.fill_(skill)
        mean = torch.randn(4, 8, TINY.latents, generator=torch.Generator().manual_seed(3), requires_grad=True)
        loudness_db = -30.0 * torch.rand(4, 8, generator=torch.Generator().manual_seed(4))
        audible = torch.ones(4, 8, dtype=torch.bool)
        scene._read_loudness(mean, loudness_db, audible, torch.arange(4) % 2, progress=1.0).backward()
        assert mean.grad is not None
        found.append(float(mean.grad.norm()))
    assert found[2] == 0.0
    assert abs(found[1] / found[0] - 0.25) < 1e-3


def skill_after(hear: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]) -> float:
    """Of readers that met 150 batches of two recordings. hear: noise, loudness_db in −60 … 0 → theirs."""
    scene, generator = objective(), torch.Generator().manual_seed(5)
    source, audible = torch.arange(4) % 2, torch.ones(4, 64, dtype=torch.bool)
    for _ in range(150):
        noise = torch.randn(4, 64, TINY.latents, generator=generator)
        mean, loudness_db = hear(noise, -60.0 * torch.rand(4, 64, generator=generator))
        scene._read_loudness(mean, loudness_db, audible, source, progress=1.0)
    return float(scene.readers.skill)


def test_skill_falls_where_loudness_cannot_be_read() -> None:
    assert skill_after(lambda noise, loudness_db: (noise, loudness_db)) < 0.05


def test_what_all_recordings_share_is_read() -> None:
    assert skill_after(lambda noise, _: (noise, -30.0 + 10.0 * noise[..., 0].clamp(-3.0, 3.0))) > 0.8


def test_what_is_known_of_one_recording_only_does_not_count_as_read() -> None:
    """Two recordings at two levels, told apart by their latents: by heart is not the same as knowing."""
    source = (torch.arange(4) % 2)[:, None]

    def apart(noise: Tensor, loudness_db: Tensor) -> tuple[Tensor, Tensor]:
        noise[..., 0] += 10.0 * source
        return noise, loudness_db / 60.0 + 40.0 * source - 50.0

    assert skill_after(apart) < 0.05


def test_a_part_of_a_batch_is_varied_in_training_only() -> None:
    scene = objective()
    audio = torch.randn(6, scene.crop_samples(4), generator=torch.Generator().manual_seed(6))
    torch.manual_seed(7)
    scene.eval()
    spectra = scene._spectra(audio)
    plain, again = scene._targets(spectra)[0], scene._targets(spectra)[0]
    scene.train()
    varied = scene._targets(spectra)[0]
    assert torch.equal(plain.log_magnitude, again.log_magnitude)
    assert (varied.log_magnitude - plain.log_magnitude)[:4].abs().amax(dim=(1, 2)).min() > 1e-3
    torch.testing.assert_close(varied.log_magnitude[4:], plain.log_magnitude[4:])


def test_readers_hear_every_crop_as_it_was_recorded() -> None:
    scene = objective()
    audio = torch.randn(6, scene.crop_samples(4), generator=torch.Generator().manual_seed(10))
    spectra = scene._spectra(audio)
    scene.eval()
    frames = scene._targets(spectra)[0]
    plain = scene._reconstruct(frames)[0].mean
    scene.train()
    torch.manual_seed(11)
    varied = scene._targets(spectra)[0]
    mean, loudness_db = scene._as_recorded(spectra, scene._reconstruct(varied)[0].mean, varied.loudness_db)
    torch.testing.assert_close(loudness_db, frames.loudness_db)
    torch.testing.assert_close(mean, plain, atol=0.05, rtol=0.05)  # bfloat16 where there is some
    assert not torch.allclose(scene._reconstruct(varied)[0].mean, plain, atol=0.05, rtol=0.05)
