"""The table of docs/puredata.md is run: operators of `transform` and their Pd objects give equal numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pd_rig
import pytest
from numpy.typing import NDArray
from pd_rig import FRAME_RATE_HZ, HOP, LATENTS

from timbrespace.controls import OPERATORS, SETTINGS
from timbrespace.latents import LatentSeries
from timbrespace.latents import operators as mathematics
from timbrespace.patches import layout
from timbrespace.ranges import DataRange

FRAMES = 24
TABLE = Path(__file__).parents[1] / "docs" / "puredata.md"
NOT_IN_REAL_TIME = {"along"}


def series(seed: int = 0, frames: int = FRAMES) -> LatentSeries:
    """Anything, with a silent frame here and there."""
    rng = np.random.default_rng(seed)
    level = rng.uniform(-70, -10, frames)
    level[3::7] = -100.0
    return LatentSeries(2 * rng.standard_normal((frames, LATENTS)), level, FRAME_RATE_HZ, "toy")


def columns(of: LatentSeries) -> NDArray[np.float32]:
    return np.column_stack([of.z, of.loudness_db])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("operators")
    folder = place / "my très sax"  # files of takes are found in a folder of any name
    layout.lay_out(folder, pd_rig.write_model(place / "toy.ts", pd_rig.describe()))
    return folder


def through(
    folder: Path, text: str, message: str, *inputs: LatentSeries, frames: int = FRAMES
) -> NDArray[np.float32]:
    """What an object makes of running series after a message, [L, D + 1]."""
    signals = np.hstack([pd_rig.held(one) for one in inputs])
    done = pd_rig.drive(folder, text, signals, frames * HOP, {0: [(0, message)]}, outlets=LATENTS + 1)
    assert done.console == []
    return done.frames(frames)


def recorded(of: LatentSeries, folder: Path) -> None:
    """The series as the file of a take."""
    of.to_csv(folder / "take.csv", force=True)


def played(folder: Path, text: str, messages: str, frames: int, *, first: str = "") -> NDArray[np.float32]:
    """What a player makes of the take, from its first frame on. first: a message to `ts.reverse` before."""
    beside = {"record": "ts.record~ take", **({"turn": "ts.reverse take"} if first else {})}
    sends = [(0, "record", "read take.csv"), *([(16, "turn", first)] if first else [])]
    done = pd_rig.drive(
        folder, text, np.zeros((0, 0)), (frames + 1) * HOP, {0: [(32, messages)]},
        outlets=LATENTS + 1, beside=beside, sends=sends,
    )  # fmt: skip
    assert done.console == []
    return done.frames(frames + 1)[1:]


def test_scale(folder: Path) -> None:
    a = series()
    middle = float(np.median(a.loudness_db[a.loudness_db > -100]))
    got = through(folder, "ts.scale~", f"all 1.5, z1 -2, loudness 0.5 {middle:.9g}", a)
    assert_close(
        got, a.scale(1.5, dimensions=[0, 2]).scale(-2, dimensions=1).scale(0.5, dimensions="loudness")
    )
    low, high = pd_rig.describe().loudness_range_db
    heard = a.loudness_db > -100
    about_middle = through(folder, "ts.scale~", "loudness 2", a)[:, -1]
    np.testing.assert_allclose(
        about_middle, np.where(heard, 2 * a.loudness_db - (low + high) / 2, a.loudness_db), atol=1e-4
    )


def test_bias(folder: Path) -> None:
    a = series()
    got = through(folder, "ts.bias~", "all 0.25, z2 -1, loudness 6", a)
    assert_close(got, a.bias(0.25, dimensions=[0, 1]).bias(-1, dimensions=2).bias(6, dimensions="loudness"))


def test_quantise(folder: Path) -> None:
    a = series().bias(0.0)
    z = a.z.copy()
    z[:4, 0] = [0.25, 0.75, -0.25, 1.25]  # halves of the step, which go to the even multiple
    a = LatentSeries(z, a.loudness_db, FRAME_RATE_HZ, "toy")
    got = through(folder, "ts.quantise~", "all 0.5, z1 0, loudness 3", a)
    assert_close(got, a.quantise(0.5, dimensions=[0, 2]).quantise(3, dimensions="loudness"))


def test_clip(folder: Path) -> None:
    a, model = series(), pd_rig.describe()
    low, high = ([getattr(one, end) for one in model.latent_ranges] for end in ("low", "high"))
    inside = DataRange(np.array(low), np.array(high), model.loudness_range_db[1])
    assert_close(through(folder, "ts.clip~", "", a), inside.hold(a))
    got = through(folder, "ts.clip~", "z1 -0.5 0.5, loudness -30", a)
    assert_close(got, inside.hold(a).clip(-0.5, 0.5, dimensions=1).clip(-200, -30, dimensions="loudness"))


@pytest.mark.parametrize("weight", [-0.5, 0.0, 0.25, 0.5, 0.8, 1.0, 1.4])
def test_mix(folder: Path, weight: float) -> None:
    a, b = series(), series(1)
    b.loudness_db[3] = -100.0  # both silent there
    got = through(folder, "ts.mix~", f"weight {weight}", a, b)
    assert_close(got, a.mix(b, weight))


def test_smooth(folder: Path) -> None:
    """√½ at the cut-off as the Gaussian, no overshoot, the mean stays, and nothing at 0."""
    cutoff, frames = 4.0, 125
    phase = 2 * np.pi * cutoff * np.arange(frames) / FRAME_RATE_HZ
    wave = LatentSeries(
        np.stack([np.cos(phase), np.repeat([0.0, 1.0], [60, 65]), np.full(frames, 0.7)], 1),
        np.full(frames, -20.0), FRAME_RATE_HZ, "toy",
    )  # fmt: skip
    got = through(folder, "ts.smooth~", f"all {cutoff}", wave, frames=frames)
    settled = got[62:, 0]
    gain = np.sqrt(2 * np.mean(np.square(settled)))
    python = wave.smooth(cutoff).z[31:94, 0]
    assert gain == pytest.approx(np.sqrt(2 * np.mean(np.square(python))), abs=0.01)
    assert gain == pytest.approx(np.sqrt(0.5), abs=0.01)
    assert np.diff(got[:, 1]).min() > -1e-6
    assert got[:, 1].max() < 1 + 1e-5
    assert got[-1, 1:3] == pytest.approx([1.0, 0.7], abs=1e-3)
    late = (
        np.sum(1.0 - got[60:, 1]) + 0.5
    ) / FRAME_RATE_HZ  # half a frame passes before the first end of one
    assert late == pytest.approx(0.28 / cutoff, abs=0.25 / FRAME_RATE_HZ)
    assert_close(through(folder, "ts.smooth~", "all 3, all 0", series()), series())


def test_random(folder: Path) -> None:
    """As strong as asked for in each dimension, none like another, silence kept, a seed gives it again."""
    frames = 600
    level = np.full(frames, -30.0)
    level[300:310] = -100.0
    flat = LatentSeries(np.zeros((frames, LATENTS)), level, FRAME_RATE_HZ, "toy")
    words = "all 0.5, z1 0.25, loudness 2, seed 7"
    got = through(folder, "ts.random~", words, flat, frames=frames)[1:]
    assert np.array_equal(got[299:309, -1], level[300:310])
    noise = np.delete(got, slice(299, 309), axis=0) - [0, 0, 0, -30]
    assert noise.std(axis=0) == pytest.approx([0.5, 0.25, 0.5, 2.0], rel=0.1)
    assert np.abs(noise.mean(axis=0)).max() < 0.15 * 2
    between = np.corrcoef(noise.T) - np.eye(LATENTS + 1)
    assert np.abs(between).max() < 0.15
    after = [np.corrcoef(noise[:-1, n], noise[1:, n])[0, 1] for n in range(LATENTS + 1)]
    assert np.abs(after).max() < 0.15
    assert np.array_equal(through(folder, "ts.random~", words, flat, frames=frames)[1:], got)
    other = through(folder, "ts.random~", words.replace("seed 7", "seed 8"), flat, frames=frames)[1:]
    assert not np.any(other[:100, 0] == got[:100, 0])


def test_smooth_noise(folder: Path) -> None:
    """As strong as white noise, and 3 dB down at the same frequency as Python's."""
    frames, cutoff = 4000, 10.0
    flat = LatentSeries(np.zeros((frames, LATENTS)), np.full(frames, -30.0), FRAME_RATE_HZ, "toy")
    words = f"smoothness {cutoff}, all 0.5, seed 3"
    got = through(folder, "ts.random~", words, flat, frames=frames)[1:, :LATENTS]
    assert got.std() == pytest.approx(0.5, rel=0.1)
    python = flat.random(0.5, smoothness_hz=cutoff).z
    assert half_power(got, cutoff) == pytest.approx(half_power(python, cutoff), rel=0.3)
    assert half_power(got, cutoff) == pytest.approx(0.5, rel=0.25)


def half_power(values: NDArray[np.floating], cutoff_hz: float) -> float:
    """How strong noise is at a frequency, as a share of what it is near 0 Hz."""
    power = np.square(np.abs(np.fft.rfft(values, axis=0))).mean(axis=1)
    share = np.fft.rfftfreq(len(values), 1 / FRAME_RATE_HZ) / cutoff_hz
    slow, at = (share > 0) & (share < 0.2), (share > 0.9) & (share < 1.1)
    return float(power[at].mean() / power[slow].mean())


@pytest.mark.parametrize("frames", [1, 2, 9, 10])
def test_reverse(folder: Path, frames: int) -> None:
    a = series(2, frames)
    recorded(a, folder)
    assert_close(played(folder, "ts.loop~ take", "play", frames, first="all"), a.reverse())


def test_reverse_only(folder: Path) -> None:
    a = series(3)
    recorded(a, folder)
    assert_close(played(folder, "ts.loop~ take", "play", FRAMES, first="z1"), a.reverse(dimensions=1))
    quiet = played(folder, "ts.loop~ take", "play", FRAMES, first="loudness")
    assert_close(quiet, a.reverse(dimensions="loudness"))


@pytest.mark.parametrize("factor", [0.3, 0.5, 1.0, 1.5, 2.25])
def test_stretch(folder: Path, factor: float) -> None:
    a = series(4, 11)
    recorded(a, folder)
    expected = a.stretch(factor)
    got = played(folder, "ts.stretch~ take", f"factor {factor}, play", len(expected) + 3)
    assert_close(got[: len(expected)], expected)
    assert np.array_equal(got[len(expected) :], got[[len(expected) - 1] * 3])  # holds its last frame


@pytest.mark.parametrize("seconds", [0.0, 0.04, 0.088, 9.0])
def test_loop(folder: Path, seconds: float) -> None:
    """As `loop` with as long a fade, of which there is at most half of the take."""
    a, times = series(5), 3
    recorded(a, folder)
    fade = min(seconds, len(a) // 2 / FRAME_RATE_HZ)
    expected = a.loop(times, crossfade_seconds=fade)
    until = len(expected) - round(fade * FRAME_RATE_HZ)  # the last one fades into a fourth here
    got = played(folder, "ts.loop~ take", f"crossfade {seconds}, play", until)
    assert_close(got, columns(expected)[:until])


def test_append(folder: Path) -> None:
    """Recording that goes on is the second series after the first."""
    a, b = series(6), series(7, 10)
    both = LatentSeries(
        np.vstack([a.z, b.z]), np.hstack([a.loudness_db, b.loudness_db]), FRAME_RATE_HZ, "toy"
    )
    messages = [
        (HOP // 2, "record"), (8.5 * HOP, "stop"), (FRAMES + 0.5, "stop"),
        ((FRAMES + 0.5) * HOP, "append"), ((FRAMES + 10.5) * HOP, "stop, write both.csv"),
    ]  # fmt: skip
    samples = (FRAMES + 12) * HOP
    done = pd_rig.drive(
        folder, "ts.record~ both", pd_rig.held(both), samples, {0: messages}, outlets=0, prints=[0]
    )
    assert done.printed("0")[-1] == ["18"]
    got = LatentSeries.from_csv(folder / "both.csv", frame_rate_hz=FRAME_RATE_HZ, model_id="toy")
    assert_close(columns(got), columns(a.at(np.arange(8)).concatenate(b)))


def test_freeze(folder: Path) -> None:
    """Switched on in the first frame, it holds that one."""
    a = series(2)
    timed = {0: [(0.5 * HOP, "z1 1")]}
    done = pd_rig.drive(folder, "ts.freeze~", pd_rig.held(a), FRAMES * HOP, timed, outlets=LATENTS + 1)
    assert_close(done.frames(FRAMES), a.freeze(0, dimensions=1))


PAIRS: dict[str, tuple[str, Sequence[Callable[..., None]]]] = {
    "scale": ("ts.scale~", [test_scale]),
    "bias": ("ts.bias~", [test_bias]),
    "random": ("ts.random~", [test_random]),
    "smoothness-hz": ("ts.random~", [test_smooth_noise]),
    "seed": ("ts.random~", [test_random]),
    "reverse": ("ts.reverse", [test_reverse]),
    "reverse-only": ("ts.reverse", [test_reverse_only]),
    "smooth": ("ts.smooth~", [test_smooth]),
    "freeze": ("ts.freeze~", [test_freeze]),
    "stretch": ("ts.stretch~", [test_stretch]),
    "quantise": ("ts.quantise~", [test_quantise]),
    "clip": ("ts.clip~", [test_clip]),
    "mix": ("ts.mix~", [test_mix]),
    "weight": ("ts.mix~", [test_mix]),
    "append": ("ts.record~", [test_append]),
    "loop": ("ts.loop~", [test_loop]),
    "crossfade": ("ts.loop~", [test_loop]),
}


def test_the_table_says_so() -> None:
    """Every operator and setting of `transform` stands in the table, with the object compared above."""
    text = TABLE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `--([a-z-]+)` \| (\S+) \| (\S+) \|", text, re.MULTILINE)
    assert {name for name, _, _ in rows} == {*OPERATORS, *SETTINGS}
    for name, pure_data, max_object in rows:
        expected = "–" if name in NOT_IN_REAL_TIME else f"`{PAIRS[name][0]}`"
        assert (pure_data, max_object) == (expected, expected), name


def assert_close(got: NDArray[np.floating], expected: LatentSeries | NDArray[np.floating]) -> None:
    """Within float32's rounding of numbers as large as levels."""
    wanted = columns(expected) if isinstance(expected, LatentSeries) else expected
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=2e-5)


def test_silence_is_what_python_calls_silence() -> None:
    assert mathematics.silent(np.array([-100.0, -99.99])).tolist() == [True, False]
