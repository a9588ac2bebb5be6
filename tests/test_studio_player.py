"""What a page hears: from frames and samples to blocks in time, without a click wherever it jumps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import RATE, TINY, make_tone
from studio_player_help import Clock, Page, Tone, largest_step, wait_until

from timbrespace.engine import Engine, load
from timbrespace.latents import LatentSeries
from timbrespace.live.controls import Settings
from timbrespace.live.plane import PlaneLoops
from timbrespace.studio.frames import HeldFrames, PlaneFrames, SeriesFrames
from timbrespace.studio.microphone import MOST_SECONDS, Jitter, Microphone
from timbrespace.studio.pacing import LEAD_SECONDS, LONGEST_LEAD_SECONDS, Pacing
from timbrespace.studio.player import Player
from timbrespace.studio.playing import Decoded, Sampled, reader_of
from timbrespace.studio.stage import MOST_PLAYERS, Stage
from timbrespace.studio.wire import END, FIRST, LATENTS

SIGNAL = TINY.signal
HOP = SIGNAL.hop
STEP = 2 * np.pi * 300 / RATE  # the largest of a sine of 300 Hz


@pytest.fixture(scope="module")
def engine(tiny_models: dict[str, Path]) -> Engine:
    return load(tiny_models["continuous"])


@pytest.fixture(scope="module")
def series(engine: Engine) -> LatentSeries:
    return engine.encode(make_tone(0.4), RATE)


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def player(page: Page) -> Iterator[Player]:
    made = Player(Stage(), page.tell)
    yield made
    made.close()


def decoded(engine: Engine, frames: SeriesFrames | HeldFrames | PlaneFrames) -> Decoded:
    return Decoded(engine, frames, Settings(np.full(engine.config.latents, 3.0)), engine.playback())


def numbers(frames: SeriesFrames, count: int) -> list[int]:
    return [frames.next().number for _ in range(count)]


def test_a_series_goes_on_round_its_loop_and_into_silence(series: LatentSeries) -> None:
    frames = SeriesFrames(series, SIGNAL)
    assert numbers(frames, 3) == [0, 1, 2]
    frames.set_loop((2, 5))
    assert numbers(frames, 7) == [3, 4, 2, 3, 4, 2, 3]
    frames.set_loop(None)
    frames.seek(len(series) - 1)
    assert frames.next().loudness_db == series.loudness_db[-1]
    assert frames.next().loudness_db == -100.0


@pytest.mark.parametrize("loop", [(0, 10_000), (9_000, 9_001), (5, 6)])
def test_a_loop_beyond_the_series_stays_within_it(series: LatentSeries, loop: tuple[int, int]) -> None:
    frames = SeriesFrames(series, SIGNAL)
    frames.set_loop(loop)
    assert max(numbers(frames, 500)) < len(series)


def test_a_part_sounds_as_it_is_decoded_from_its_first_sample_on(
    engine: Engine, series: LatentSeries
) -> None:
    voice = decoded(engine, SeriesFrames(series, SIGNAL))
    voice.seek(0.0)
    blocks = list(iter(voice.block, None))
    played = np.concatenate([block.samples for block in blocks])
    expected = engine.decode(series)
    assert len(played) - HOP < len(expected) <= len(played)
    np.testing.assert_allclose(played[: len(expected)], expected, atol=1e-3)
    np.testing.assert_allclose([b.seconds for b in blocks], np.arange(len(blocks)) * HOP / RATE)


def test_a_place_in_the_middle_is_heard_at_once(engine: Engine, series: LatentSeries) -> None:
    voice = decoded(engine, SeriesFrames(series, SIGNAL))
    voice.seek(0.2)
    block = voice.block()
    assert block is not None
    assert block.seconds == pytest.approx(0.2)
    there = engine.decode(series)[round(0.2 * RATE) :][:HOP]
    assert np.std(block.samples) == pytest.approx(np.std(there), rel=0.5)


def test_what_a_hand_changes_is_in_the_next_frame_and_its_stamp_in_the_block_that_holds_it(
    engine: Engine, series: LatentSeries
) -> None:
    softer = LatentSeries(series.z, series.loudness_db - 20, series.frame_rate_hz, series.model_id)
    frames, untouched = SeriesFrames(series, SIGNAL), SeriesFrames(series, SIGNAL)
    voice, other = decoded(engine, frames), decoded(engine, untouched)
    for each in (voice, other):
        each.seek(0.1)
        each.block()
    frames.series, voice.stamp = softer, 7
    ours, theirs = [voice.block() for _ in range(6)], [other.block() for _ in range(6)]
    assert [block.stamp for block in ours if block] == [0, 7, 7, 7, 7, 7]
    changed = [np.std(a.samples) / np.std(b.samples) for a, b in zip(ours, theirs, strict=True) if a and b]
    assert changed[0] == pytest.approx(1.0, abs=0.02)  # the frame waits for the one after it
    assert changed[-1] == pytest.approx(0.1, rel=0.2)
    assert next(block.frame[-1] for block in ours if block and block.frame is not None) < -20


def test_dials_act_on_frames_and_glide(engine: Engine) -> None:
    settings = Settings(np.full(engine.config.latents, 3.0))
    frames = HeldFrames(np.zeros(engine.config.latents), -30.0, SIGNAL, glides=True)
    voice = Decoded(engine, frames, settings, engine.playback())
    voice.seek(0.0)
    settings.set("z/1/bias", [2.0])
    course = [voice.block().frame[1] for _ in range(60)]  # type: ignore[union-attr,index]
    assert 0.0 < course[0] < 2.0
    assert all(np.diff(course) >= 0)
    assert course[-1] == pytest.approx(2.0)


@pytest.mark.parametrize("glides", [True, False])
def test_another_held_frame_is_reached_at_once_or_little_by_little(glides: bool) -> None:
    frames = HeldFrames(np.zeros(4), -20.0, SIGNAL, glides=glides)
    frames.next()
    frames.hold(np.ones(4), -10.0)
    course = [frames.next() for _ in range(80)]
    assert course[0].z[0] == pytest.approx(1.0) if not glides else 0 < course[0].z[0] < 1
    assert course[-1].z.tolist() == [1, 1, 1, 1]
    assert course[-1].loudness_db == -10


def test_a_plane_plays_the_sound_whose_corner_it_is_at_and_each_way_of_its_own(series: LatentSeries) -> None:
    other = LatentSeries(series.z + 1, series.loudness_db - 9, series.frame_rate_hz, series.model_id)
    points = [(0.0, 0.0), (1.0, 0.0)]
    loops = PlaneLoops([series, other], SIGNAL, points=points)
    alone = PlaneLoops([series, other], SIGNAL, points=points, loudness=1)
    frames = PlaneFrames(loops, (0.0, 0.0), SIGNAL)
    now = frames.next()
    assert np.array_equal(now.z, loops.at(0, (0.0, 0.0))[0])
    assert alone.at(0, (0.0, 0.0))[0] == pytest.approx(now.z)
    assert alone.at(0, (0.0, 0.0))[1] == pytest.approx(now.loudness_db - 9)
    frames.place = 1.0, 0.0
    last = [frames.next() for _ in range(100)][-1]
    assert last.z == pytest.approx(loops.at(100, (1.0, 0.0))[0], abs=1e-3)


def test_a_point_beyond_its_radius_is_not_heard(series: LatentSeries) -> None:
    other = LatentSeries(series.z + 1, series.loudness_db, series.frame_rate_hz, series.model_id)
    near = PlaneLoops([series, other], SIGNAL, points=[(0.0, 0.0), (1.0, 0.0)], radii=[1.0, 0.2])
    whole = PlaneLoops([series, series], SIGNAL)
    assert near.at(3, (0.5, 0.0))[0] == pytest.approx(whole.at(3, (0.0, 0.0))[0])


def test_samples_go_round_in_a_loop_of_exactly_its_length() -> None:
    ramp = np.arange(4000, dtype=np.float32)
    voice = Sampled(reader_of(ramp), 4000, RATE, HOP)
    voice.set_loop((1000 / RATE, 2000 / RATE))
    voice.seek(1000 / RATE)
    sound = np.concatenate([voice.block().samples for _ in range(40)])  # type: ignore[union-attr]
    places = np.arange(len(sound)) % 1000 + 1000
    away_from_seams = (places > 1000 + HOP) & (places < 2000 - HOP)
    assert np.array_equal(sound[away_from_seams], places[away_from_seams])


def test_a_loop_that_does_not_fit_the_wave_has_no_click() -> None:
    sine = np.sin(STEP * np.arange(RATE)).astype(np.float32)
    voice = Sampled(reader_of(sine), RATE, RATE, HOP)
    voice.set_loop((0.1, 0.1 + 10.37 / 300))
    voice.seek(0.1)
    sound = np.concatenate([voice.block().samples for _ in range(80)])  # type: ignore[union-attr]
    assert np.abs(np.diff(sound)).max() < 1.3 * STEP


@pytest.mark.parametrize("loop", [(2.0, 3.0), (9_900 / RATE, 0.9)])
def test_a_loop_beyond_the_samples_goes_round_in_all_of_them(loop: tuple[float, float]) -> None:
    voice = Sampled(reader_of(np.ones(10_000, np.float32)), 10_000, RATE, HOP)
    voice.set_loop(loop)
    voice.seek(0.0)
    blocks = [voice.block() for _ in range(2 * 10_000 // HOP)]
    assert np.mean([block.samples for block in blocks if block is not None]) > 0.9  # but where it turns


def test_samples_end_and_a_gain_moves_without_a_step() -> None:
    voice = Sampled(reader_of(np.ones(300, np.float32)), 300, RATE, HOP)
    voice.block()
    voice.gain = 2.0
    second = voice.block()
    assert second is not None
    assert second.samples[[0, -1]].tolist() == [1.0, 2.0]
    third = voice.block()
    assert third is not None
    assert third.samples.tolist() == [2.0] * 44 + [0.0] * 84
    assert voice.block() is None


def test_reading_beyond_either_end_is_silence() -> None:
    read = reader_of(np.ones(10, np.float32))
    assert read(-3, 6).tolist() == [0, 0, 0, 1, 1, 1]
    assert read(8, 4).tolist() == [1, 1, 0, 0]
    assert read(-9, 4).tolist() == [0, 0, 0, 0]
    assert read(20, 2).tolist() == [0, 0]


def paced(clock: Clock) -> Pacing:
    return Pacing(RATE, clock)


def test_blocks_come_at_the_pace_of_the_sound_and_a_lead_before_it() -> None:
    clock, sent = Clock(), []
    pacing, start = paced(clock), clock.now
    for _ in range(200):
        clock.now += pacing.wait_seconds(HOP)
        pacing.sent(HOP)
        sent.append(clock.now - start)
    held = (np.arange(200) + 1) * HOP / RATE - sent
    assert sum(np.array(sent) == 0.0) == int(LEAD_SECONDS * RATE / HOP)
    assert held[10:] == pytest.approx(np.full(190, LEAD_SECONDS))
    assert pacing.late == 0


def test_a_page_whose_clock_is_slower_is_followed() -> None:
    clock = Clock()
    pacing = paced(clock)
    held, slow = 0.0, 0.99  # samples the page holds
    for number in range(3000):
        wait = pacing.wait_seconds(HOP)
        clock.now += wait
        held = max(0.0, held - wait * RATE * slow) + HOP
        pacing.sent(HOP)
        if number % 30 == 0:
            pacing.reported(round(held), 0)
    assert held / RATE == pytest.approx(LEAD_SECONDS, abs=0.015)  # else 0.24 s by now


def test_a_page_that_runs_dry_gets_a_longer_lead_and_it_shrinks_again() -> None:
    clock = Clock()
    pacing = paced(clock)

    def report(underruns: int) -> float:
        for _ in range(RATE // HOP):
            clock.now += pacing.wait_seconds(HOP)
            pacing.sent(HOP)
        pacing.reported(round(pacing.lead_seconds * RATE), underruns)
        pacing.wait_seconds(HOP)
        return pacing.lead_seconds

    report(0)
    grown = [report(number) for number in range(1, 20)]
    assert grown[0] == pytest.approx(LEAD_SECONDS + 0.015)
    assert grown[-1] == LONGEST_LEAD_SECONDS
    calm = [report(19) for _ in range(150)]
    assert calm[5] == LONGEST_LEAD_SECONDS
    assert calm[-1] == LEAD_SECONDS


def test_reports_of_nonsense_hold_the_sound_up_for_a_moment_at_most() -> None:
    clock = Clock()
    pacing = paced(clock)
    pacing.sent(HOP)
    for _ in range(100):
        pacing.reported(10**18, 0)
        assert pacing.wait_seconds(HOP) < 0.3


def test_being_late_is_counted_and_not_caught_up_with() -> None:
    clock = Clock()
    pacing = paced(clock)
    pacing.sent(HOP)
    clock.now += 5.0
    pacing.sent(HOP)
    assert pacing.late == 1
    assert pacing.wait_seconds(HOP) == 0.0
    for _ in range(10):
        pacing.sent(HOP)
    assert pacing.wait_seconds(HOP) > 0.0


def test_a_microphone_that_floods_is_never_late_for_long_and_one_that_stops_is_silent() -> None:
    jitter = Jitter(RATE)
    assert not jitter.take(HOP).any()
    for number in range(1000):
        jitter.put(np.full(999, number, np.float32))
    newest = jitter.take(HOP)
    assert newest.min() >= 1000 - MOST_SECONDS * RATE / 999
    taken = [jitter.take(HOP) for _ in range(40)]
    assert not taken[-1].any()
    assert jitter.gaps == 1


def test_uneven_messages_of_a_microphone_come_out_even() -> None:
    jitter, generator = Jitter(RATE), np.random.default_rng(0)
    ramp, put, out = np.arange(1, 40_001, dtype=np.float32), 0, []
    for block in range(250):
        while put < (block + 1) * HOP + generator.integers(-HOP, HOP):
            jitter.put(ramp[put : put + 100])
            put += 100
        out.append(jitter.take(HOP))
    sound = np.concatenate(out)
    start = int(np.argmax(sound > 0))
    assert np.array_equal(sound[start:], ramp[: len(sound) - start])


def test_a_microphone_is_played_by_the_model_and_its_offset_is_not(engine: Engine) -> None:
    levels = []
    for sound in (make_tone(0.5), np.full(RATE // 2, 0.3, np.float32)):
        voice = Microphone(engine, Settings(np.full(engine.config.latents, 3.0)))
        for start in range(0, len(sound) - HOP, HOP):
            voice.heard.put(sound[start : start + HOP])
            block = voice.block()
        levels.append(float(np.std(block.samples)))
        assert block.frame is not None
        assert block.frame.shape == (engine.config.latents + 1,)
    assert levels[0] > 0.01
    assert levels[1] < 0.1 * levels[0]


def test_a_sound_begins_changes_moves_and_stops_without_a_click(player: Player, page: Page) -> None:
    player.start(Tone(300), {"kind": "a"}, None, None, 0.0)
    wait_until(lambda: len(page.audio) > 5)
    player.change(Tone(250), {"kind": "b"}, None)
    player.seek(0.3333)
    wait_until(lambda: any(block.seconds > 0.3333 for block in page.audio))
    player.stop()
    wait_until(lambda: page.of("stopped"))
    assert largest_step(page.sound) < 2.2 * STEP
    assert np.abs(page.sound).max() > 0.9
    assert [block.flags & FIRST for block in page.audio[:3]] == [FIRST, 0, 0]
    assert [bool(block.flags & END) for block in page.audio[-3:]] == [False, False, True]
    assert [text["what"]["kind"] for text in page.of("playing")] == ["a", "b"]
    assert page.of("stopped") == [{"type": "stopped", "why": "stopped"}]
    sequence = [message.sequence for message in page.binary]
    assert sequence == list(range(len(sequence)))


def test_another_thing_goes_on_at_the_same_place(player: Player, page: Page) -> None:
    player.start(Tone(300), {"kind": "a"}, 2.0, (2.0, 9.0), 0.0)
    wait_until(lambda: len(page.audio) > 5)
    other = Tone(300)
    player.change(other, {"kind": "b"}, -6.0)
    wait_until(lambda: len(page.of("playing")) == 2)
    wait_until(lambda: other.place > round(2.0 * RATE) + 20 * HOP)
    player.stop()
    seconds = [block.seconds for block in page.audio]
    assert seconds[0] == 2.0
    steps = np.diff(seconds[:20])
    assert (
        (steps == 0) | (np.abs(steps - HOP / RATE) < 1e-9) | (np.abs(steps - 2 * HOP / RATE) < 1e-9)
    ).all()
    assert other.loop == (2.0, 9.0)
    assert np.abs(page.audio[19].values).max() < 0.51


def test_another_rate_begins_anew(player: Player, page: Page) -> None:
    player.start(Tone(300), {"kind": "a"}, None, None, 0.0)
    wait_until(lambda: len(page.audio) > 3)
    player.start(Tone(300, 8000, 64), {"kind": "b"}, None, None, 0.0)
    wait_until(lambda: any(len(block.values) == 64 for block in page.audio[-3:]))
    assert [text["sample_rate"] for text in page.of("playing")] == [16_000, 8000]
    at = next(n for n, block in enumerate(page.audio) if len(block.values) == 64)
    assert page.audio[at - 1].flags == END
    assert page.audio[at].flags == FIRST
    assert largest_step(np.concatenate([block.values for block in page.audio[:at]])) < 1.2 * STEP


def test_what_is_over_says_so_and_begins_anew(player: Player, page: Page) -> None:
    tone = Tone(300, end=10 * HOP)
    player.start(tone, {"kind": "a"}, None, None, 0.0)
    wait_until(lambda: page.of("stopped"))
    assert page.of("stopped")[0]["why"] == "end"
    assert sum(len(block.values) for block in page.audio) == 10 * HOP
    player.start(tone, {"kind": "a"}, 10 * HOP / RATE, None, 0.0)
    wait_until(lambda: len(page.of("stopped")) == 2)
    assert sum(len(block.values) for block in page.audio) == 20 * HOP


def test_latents_are_told_thirty_times_a_second(player: Player, page: Page) -> None:
    player.start(Tone(300, end=RATE // 2), {"kind": "a"}, None, None, 0.0)
    wait_until(lambda: page.of("stopped"))
    latents = [message for message in page.binary if message.kind == LATENTS]
    assert 12 <= len(latents) <= 15
    assert latents[0].values.tolist() == [300, -20]


def test_a_voice_that_breaks_ends_the_sound_and_not_the_player(player: Player, page: Page) -> None:
    broken = Tone(300)
    broken.fails = RuntimeError("torn")
    player.start(broken, {"kind": "a"}, None, None, 0.0)
    wait_until(lambda: page.of("stopped"))
    assert page.of("stopped")[0]["why"] == "playing broke off: RuntimeError: torn"
    player.start(Tone(300), {"kind": "a"}, None, None, 0.0)
    wait_until(lambda: len(page.audio) > 5)


def test_orders_without_a_sound_do_nothing(player: Player, page: Page) -> None:
    player.seek(1.0)
    player.loop((0.0, 1.0))
    player.change(Tone(300), {"kind": "a"}, None)
    player.stop()
    player.start(Tone(300), {"kind": "b"}, None, None, 0.0)
    wait_until(lambda: len(page.audio) > 3)
    assert [text["what"]["kind"] for text in page.of("playing")] == ["b"]


def test_what_was_being_opened_when_a_page_went_away_does_not_play_on(player: Player, page: Page) -> None:
    player.start(Tone(300), {"kind": "a"}, None, None, 0.0)
    wait_until(lambda: page.audio)
    player.close()
    player.start(Tone(300), {"kind": "b"}, None, None, 0.0)
    wait_until(lambda: page.of("stopped"))
    assert [text["what"]["kind"] for text in page.of("playing")] == ["a"]
    assert not player.busy


def test_only_so_many_play_at_once_and_the_oldest_makes_room() -> None:
    stage, pages = Stage(), [Page() for _ in range(MOST_PLAYERS + 1)]
    players = [Player(stage, page.tell) for page in pages]
    for player, page in zip(players, pages, strict=True):
        player.start(Tone(300), {"kind": "a"}, None, None, 0.0)
        wait_until(lambda page=page: page.audio)
    wait_until(lambda: pages[0].of("stopped"))
    assert "made room" in pages[0].of("stopped")[0]["why"]
    assert not any(page.of("stopped") for page in pages[1:])
    for player in players:
        player.close()
    wait_until(lambda: all(page.of("stopped") for page in pages))
