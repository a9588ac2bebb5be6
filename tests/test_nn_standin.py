"""The stand-in for nn~ keeps the measured contract: alone, in rows, threaded, and inside real Pure Data."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from nn_standin.host import RING_SAMPLES, Host, HostError
from nn_standin.pd import play_through
from nn_standin.toy import HOP, save_toy
from numpy.typing import NDArray

Samples = NDArray[np.float32]


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_toy(tmp_path_factory.mktemp("toy") / "toy.ts")


def play(hosts: list[Host], signal: Samples, block: int = 64) -> Samples:
    """[C, T] through objects in a row, all called with each block, as a patch does."""
    outputs = []
    for start in range(0, signal.shape[1], block):
        part = signal[:, start : start + block]
        for host in hosts:
            part = host.process(part)
        outputs.append(part)
    return np.concatenate(outputs, axis=1)


def ramp(channels: int, samples: int) -> Samples:
    """Every sample of every channel another number, none of them 0."""
    return (1e-3 * np.arange(1, channels * samples + 1)).reshape(channels, samples).astype(np.float32)


@pytest.mark.parametrize("block", [16, 64, 128])
def test_one_object_delays_by_its_ring_less_a_block(toy: Path, block: int) -> None:
    host = Host(toy, "forward")
    host.bufsize(512)
    signal = ramp(1, 2048)
    output = play([host], signal, block)
    delay = 512 - block
    np.testing.assert_array_equal(output[:, delay:], signal[:, : 2048 - delay])
    assert not output[:, :delay].any()


def test_with_a_thread_the_outcome_waits_for_another_ring(toy: Path) -> None:
    host = Host(toy, "forward", 500)
    assert host.ring_samples == 512
    signal = ramp(1, 2048)
    output = play([host], signal)
    np.testing.assert_array_equal(output[:, 960:], signal[:, :1088])
    assert not output[:, :960].any()


def test_the_ring_is_the_largest_ratio_and_plain_methods_have_their_own(toy: Path) -> None:
    assert Host(toy, "encode").ring_samples == HOP
    assert Host(toy, "encode", 16).ring_samples == HOP
    assert Host(toy, "encode", 1000).ring_samples == 1024
    assert Host(toy, "forward").ring_samples == RING_SAMPLES
    assert not Host(toy, "encode").threaded
    assert Host(toy, "encode", 16).threaded


def test_inputs_are_read_at_the_last_sample_and_outputs_held(toy: Path) -> None:
    host = Host(toy, "slow")
    signal = ramp(2, 512)
    output = play([host], signal)[:, HOP - 64 :]
    for frame in range(3):
        first, last = frame * HOP + 63, frame * HOP + 127
        expected = [signal[0, first], signal[1, first], signal[0, last]]
        held = output[:, frame * HOP : (frame + 1) * HOP]
        np.testing.assert_array_equal(held, np.repeat(np.array(expected)[:, None], HOP, axis=1))


@pytest.mark.parametrize("ring", [HOP, 4 * HOP])
@pytest.mark.parametrize("threaded", [False, True])
def test_encoder_and_decoder_in_a_row(toy: Path, ring: int, threaded: bool) -> None:
    """Frame l, whose last sample stands at 128 l + 127, begins at 128 l plus the delay."""
    hosts = [Host(toy, method, ring if threaded else 0) for method in ("encode", "decode")]
    for host in hosts:
        host.bufsize(ring)
    signal = ramp(1, 32 * HOP)
    output = play(hosts, signal)[0]
    delay = (4 if threaded else 2) * ring - 64 - HOP
    if not threaded and ring == HOP:
        assert delay == ring - 64
    frames = (32 * HOP - delay) // HOP
    np.testing.assert_array_equal(output[delay::HOP][:frames], signal[0, HOP - 1 :: HOP][:frames])
    mean = signal[0].reshape(-1, HOP).mean(axis=1)
    np.testing.assert_allclose(output[delay + 1 :: HOP][:frames], mean[:frames], rtol=1e-6)


def test_attributes(toy: Path) -> None:
    host = Host(toy, "forward")
    host.bufsize(128)
    host.set("gain", -2.5)
    assert host.get("gain") == -2.5
    signal = ramp(1, 256)
    np.testing.assert_array_equal(play([host], signal)[:, 64:], -2.5 * signal[:, :192])
    assert host.get("reset") == 2
    host.set("reset", 1.0)
    assert host.get("reset") == 0
    for name, values in [("gian", (1.0,)), ("gain", ()), ("gain", (1.0, 2.0)), ("pair", (1.0,))]:
        with pytest.raises(HostError, match=name):
            host.set(name, *values)
    with pytest.raises(HostError, match="does not take 3"):
        host.set("reset", 3.0)


def test_enable_and_reload(toy: Path) -> None:
    host = Host(toy, "forward")
    host.bufsize(128)
    signal = ramp(1, 256)
    host.enable(False)
    assert not play([host], signal).any()
    host.enable(True)
    host.set("gain", 3.0)
    play([host], signal[:, :64])
    host.reload()
    assert host.get("gain") == 1.0
    np.testing.assert_array_equal(play([host], signal)[:, 64:], signal[:, :192])


def test_a_failing_method_is_silent_and_recovers(toy: Path) -> None:
    host = Host(toy, "forward")
    host.bufsize(128)
    loud = np.full((1, 128), 10.0, np.float32)
    assert not play([host], loud).any()
    assert "too loud" in host.error
    assert play([host], np.ones((1, 256), np.float32))[:, 64:].all()
    wrong = Host(toy, "wrong")
    assert not play([wrong], np.ones((1, 2 * RING_SAMPLES), np.float32)).any()
    assert "4095" in wrong.error


def test_wrong_files_and_methods(toy: Path, tmp_path: Path) -> None:
    with pytest.raises(HostError, match="no method 'sing'; there are forward"):
        Host(toy, "sing")
    broken = tmp_path / "broken.ts"
    broken.write_bytes(toy.read_bytes()[:900])
    for path in (broken, tmp_path / "missing.ts"):
        with pytest.raises(HostError, match="not an exported model"):
            Host(path)


IN_A_ROW = ("#X connect 0 0 3 0;", "#X connect 3 0 1 0;")
SIGNAL = ramp(1, 32 * HOP)[0]


def test_in_pure_data(toy: Path, tmp_path: Path) -> None:
    """The file is found beside the patch; two objects with two signals between them."""
    shutil.copy(toy, tmp_path)
    heard, console = play_through(
        tmp_path,
        SIGNAL,
        "#X obj 9 9 nn~ toy encode 0;",
        "#X obj 9 9 nn~ toy.ts decode 0;",
        "#X connect 0 0 3 0;",
        "#X connect 3 0 4 0;",
        "#X connect 3 1 4 1;",
        "#X connect 4 0 1 0;",
    )
    assert "nn~" not in console
    expected = play([Host(toy, "encode"), Host(toy, "decode")], SIGNAL[None])[0]
    np.testing.assert_allclose(heard, expected, atol=1e-6)


def test_messages_in_pure_data(toy: Path, tmp_path: Path) -> None:
    """A threaded object whose gain is set after loading; what it refuses it says on the console."""
    messages = [
        "bufsize 256",
        "set gain 3",
        "reload",
        "set gain -2",
        "set gian 1",
        "set gain 1 2",
        "set gain x",
    ]
    comma = r" \, "
    heard, console = play_through(
        tmp_path,
        SIGNAL,
        f"#X obj 9 9 nn~ {toy} forward 64;",
        "#X obj 9 9 loadbang;",
        f"#X msg 9 9 {comma.join(messages)};",
        "#X connect 4 0 5 0;",
        "#X connect 5 0 3 0;",
        *IN_A_ROW,
    )
    np.testing.assert_allclose(heard[448:], -2 * SIGNAL[:-448], atol=1e-6)
    assert "nn~: no attribute 'gian'" in console
    assert "nn~: attribute 'gain' takes 1 number, not 2" in console
    assert "'set gain x' makes no sense" in console
    assert console.count("nn~:") == 3


def test_a_disabled_or_failing_object_is_silent_in_pure_data(toy: Path, tmp_path: Path) -> None:
    off = (f"#X obj 9 9 nn~ {toy} encode 0;", "#X obj 9 9 loadbang;", "#X msg 9 9 enable 0;")
    heard, console = play_through(
        tmp_path, SIGNAL, *off, "#X connect 4 0 5 0;", "#X connect 5 0 3 0;", *IN_A_ROW
    )
    assert not heard.any()
    heard, console = play_through(tmp_path, 10 + SIGNAL, f"#X obj 9 9 nn~ {toy} forward 0;", *IN_A_ROW)
    assert not heard.any()
    assert "too loud" in console


def test_what_cannot_be_made_in_pure_data(toy: Path, tmp_path: Path) -> None:
    boxes = ("nn~ none.ts encode 0", f"nn~ {toy} sing 0", "nn~")
    _, console = play_through(tmp_path, SIGNAL, *(f"#X obj 9 9 {box};" for box in boxes))
    assert "none.ts: there is no such file" in console
    assert "no method 'sing'" in console
    assert console.count("couldn't create") == 3


def test_pure_data_goes_on_without_the_process(toy: Path, tmp_path: Path) -> None:
    """It ends after the object is made; the object says so once, is silent, and nothing waits."""
    program = tmp_path / "ends"
    program.write_text(
        f"#!{sys.executable}\nimport os, struct\nos.read(0, 9000)\n"
        "os.write(1, struct.pack('=ciiii', b'k', 1, 8, 1, 1))\n"
    )
    program.chmod(0o755)
    box = f"#X obj 9 9 nn~ {toy} forward 0;"
    heard, console = play_through(tmp_path, SIGNAL, box, *IN_A_ROW, python=str(program))
    assert not heard.any()
    assert console.count("the process that computes is gone") == 1
    _, console = play_through(tmp_path, SIGNAL, box, *IN_A_ROW, python="/bin/false")
    assert "couldn't create" in console
