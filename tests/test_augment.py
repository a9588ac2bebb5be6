"""What training does to crops: other pitches and envelopes, and an adversary that knows when to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from timbrespace.config import Kind, preset
from timbrespace.model.adversary import LEAST_SKILL, CrossReaders
from timbrespace.training.augment import MOST_GAIN_DB, Deviations, Variation, prominence
from timbrespace.training.losses import LossWeights
from timbrespace.training.objective import Material, Objective
from timbrespace.training.transposition import SPEEDS

TINY = preset("tiny")


def objective(adversary: float = 1.0, kind: Kind = "continuous") -> Objective:
    torch.manual_seed(0)
    quantiles = tuple(torch.linspace(-60.0, 0.0, 257).tolist())
    material = Material(0.0, quantiles, (0.0,) * TINY.signal.bins)
    return Objective(replace(TINY, kind=kind), LossWeights(adversary=adversary), material, frames=4)


STANDARD = preset("standard").signal
STILL = Deviations(tilt=0.0, floor=0.0, partial=0.0, level=0.0)


def comb(spacing: int, partial_db: Tensor, floor_db: Tensor) -> Tensor:
    """Partials every `spacing` bins on a floor, levels [B] or [B, F] → spectra [B, 3, F] in random phases."""
    near = (torch.arange(STANDARD.bins) + spacing // 2) % spacing - spacing // 2
    lobe_db = -1.5 * near.abs().clamp_max(6).square()  # as a Hann window has it, about
    level_db = torch.maximum(partial_db + lobe_db, floor_db)
    turns = torch.rand(len(level_db), 3, STANDARD.bins)
    return torch.polar(10.0 ** (level_db / 20.0), torch.zeros(())).unsqueeze(1) * torch.exp(
        2j * torch.pi * turns
    )


def gain_db(spectra: Tensor, moved: Tensor) -> Tensor:
    """[B, F], and a check that it is real, positive, and the same in all frames."""
    ratio = moved / spectra
    assert ratio.imag.abs().max() < 1e-3 * ratio.real.max()
    found = 20.0 * torch.log10(ratio.real)
    assert (found - found[:, :1]).abs().max() < 1e-2
    return found[:, 0]


def test_variation_is_a_gain_by_bin_within_bounds() -> None:
    torch.manual_seed(1)
    flat = torch.ones(64, 3, STANDARD.bins, dtype=torch.complex64)
    found = gain_db(flat, Variation(STANDARD, Deviations(tilt=12.0, level=0.0))(flat))
    assert found.abs().max() <= MOST_GAIN_DB + 1e-3
    assert found.std(dim=0).min() > 3.0
    assert (found[:, 1:] - found[:, :-1]).abs().median() < 0.2  # a smooth curve where there is only floor


def test_variation_without_deviations_leaves_a_batch_of_equal_sounds_alone() -> None:
    torch.manual_seed(3)
    spectra = torch.randn(1, 3, STANDARD.bins, dtype=torch.complex64).expand(8, -1, -1)
    moved = Variation(STANDARD, STILL)(spectra)
    torch.testing.assert_close(moved, spectra, rtol=1e-3, atol=1e-3)


def test_partials_and_floor_are_told_apart() -> None:
    torch.manual_seed(4)
    spectra = comb(20, torch.full((2, 1), 0.0), torch.full((2, 1), -40.0))
    partial = prominence(20.0 * torch.log10(spectra.abs()[:, 0]))
    assert partial[:, 0::20].min() == 1.0
    assert partial[:, 10::20].max() == 0.0
    flat = prominence(torch.randn(2, STANDARD.bins))  # a ripple is no partial
    assert flat.median() < 0.1


def test_either_envelope_moves_some_way_towards_that_of_another_sound() -> None:
    """Half of the sounds have partials 40 dB over the floor, half 20; pitches differ and stay."""
    torch.manual_seed(2)
    above_db = torch.tensor([40.0, 20.0]).repeat(32)[:, None]
    spectra = comb(20, torch.zeros(64, 1), -above_db)
    moved = spectra * (10.0 ** (gain_db(spectra, Variation(STANDARD, STILL)(spectra)) / 20.0)).unsqueeze(1)
    level_db = 20.0 * torch.log10(moved.abs()[:, 0])
    contrast_db = level_db[:, 100:900:20].mean(dim=1) - level_db[:, 110:900:20].mean(dim=1)
    assert contrast_db.min() > 19.0
    assert contrast_db.max() < 41.0
    strong, weak = contrast_db[0::2], contrast_db[1::2]
    assert strong.max() > 39.0  # met one of its kind
    assert strong.min() < 28.0
    assert weak.max() > 32.0
    upper = level_db[:, 200:1000].unflatten(1, (40, 20))  # below, an envelope can turn between two partials
    assert (upper.argmax(dim=2) == 0).all()


def test_adversary_pushes_by_what_it_reads_and_never_less_than_a_little() -> None:
    found = []
    for skill in (1.0, 0.5, 0.0):
        scene = objective()
        scene.readers.skill.fill_(skill)
        mean = torch.randn(4, 8, TINY.latents, generator=torch.Generator().manual_seed(3), requires_grad=True)
        loudness_db = -30.0 * torch.rand(4, 8, generator=torch.Generator().manual_seed(4))
        audible = torch.ones(4, 8, dtype=torch.bool)
        scene._read_loudness(mean, loudness_db, audible, torch.arange(4) % 2, progress=1.0).backward()
        assert mean.grad is not None
        found.append(float(mean.grad.norm()))
    assert abs(found[1] / found[0] - 0.5) < 1e-3
    assert abs(found[2] / found[0] - LEAST_SKILL) < 1e-3


def test_only_frames_read_better_than_guessed_are_pushed() -> None:
    """Untrained readers say about a half of everything: near it they are right by chance, else wrong."""
    torch.manual_seed(8)
    readers = CrossReaders(4).eval()
    mean = torch.randn(4, 50, 4, requires_grad=True)
    rank = torch.rand(4, 50)
    heard = torch.ones(4, 50, dtype=torch.bool)
    fold = torch.arange(4) % 2
    of_fold = (readers.second, readers.first)  # each reads what the other learns from
    predicted = torch.stack([of_fold[side](row, 0.0) for side, row in zip(fold.tolist(), mean, strict=True)])
    better = (predicted - rank).abs() < (rank - rank.mean()).abs()
    readers(mean, rank, heard, fold, 1.0).backward()
    assert mean.grad is not None
    pushed = mean.grad.abs().sum(dim=2) > 0
    assert torch.equal(pushed, better)
    assert 0 < int(better.sum()) < better.numel()


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
    audio = torch.randn(6, scene.crop_samples, generator=torch.Generator().manual_seed(6))
    torch.manual_seed(7)
    scene.eval()
    recorded = scene._spectra(scene.transposition.centre(audio))
    plain, again = scene._targets(audio, recorded)[0], scene._targets(audio, recorded)[0]
    scene.train()
    varied = scene._targets(audio, recorded)[0]
    assert torch.equal(plain.log_magnitude, again.log_magnitude)
    assert (varied.log_magnitude - plain.log_magnitude)[:5].abs().amax(dim=(1, 2)).min() > 1e-3
    torch.testing.assert_close(varied.log_magnitude[5:], plain.log_magnitude[5:])


def test_readers_hear_every_crop_as_it_was_recorded() -> None:
    scene = objective()
    audio = torch.randn(6, scene.crop_samples, generator=torch.Generator().manual_seed(10))
    recorded = scene._spectra(scene.transposition.centre(audio))
    scene.eval()
    frames = scene._targets(audio, recorded)[0]
    plain = scene._reconstruct(frames)[0].mean
    scene.train()
    torch.manual_seed(11)
    varied = scene._targets(audio, recorded)[0]
    mean, loudness_db = scene._as_recorded(recorded, scene._reconstruct(varied)[0].mean, varied.loudness_db)
    torch.testing.assert_close(loudness_db, frames.loudness_db)
    torch.testing.assert_close(mean, plain, atol=0.05, rtol=0.05)  # bfloat16 where there is some
    assert not torch.allclose(scene._reconstruct(varied)[0].mean, plain, atol=0.05, rtol=0.05)


def test_half_of_the_crops_of_a_continuous_model_are_transposed() -> None:
    scene = objective()
    audio = torch.randn(8, scene.crop_samples, generator=torch.Generator().manual_seed(13))
    recorded = scene._spectra(scene.transposition.centre(audio))
    torch.manual_seed(14)
    first = int(torch.randint(len(SPEEDS), ()))
    moved = scene.transposition.whole(
        scene._spectra(scene.transposition(audio[:4], first)), recorded[:4], first
    )
    torch.manual_seed(14)
    spectra = scene._transpose(audio, recorded)
    assert torch.equal(spectra[4:], recorded[4:])
    assert torch.equal(spectra[:4], moved)
    assert (spectra[:4] - recorded[:4]).abs().amax(dim=(1, 2)).min() > 1.0


def test_no_crop_of_a_discrete_model_is_transposed() -> None:
    scene = objective(kind="discrete")
    audio = torch.randn(8, scene.crop_samples, generator=torch.Generator().manual_seed(13))
    recorded = scene._spectra(scene.transposition.centre(audio))
    assert torch.equal(scene.train()._transpose(audio, recorded), recorded)


def test_a_single_crop_is_learnt_as_it_was_recorded() -> None:
    scene = objective()
    audio = torch.randn(1, scene.crop_samples, generator=torch.Generator().manual_seed(12))
    recorded = scene._spectra(scene.transposition.centre(audio))
    varied = scene.train()._targets(audio, recorded)[0]
    plain = scene.eval()._targets(audio, recorded)[0]
    torch.testing.assert_close(varied.log_magnitude, plain.log_magnitude)
