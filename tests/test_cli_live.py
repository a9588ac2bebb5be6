"""`live`: from file to file, through PortAudio without a sound card, stopped in the middle, wrong use."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from conftest import RATE, make_tone
from live_help import free_port, load, make_player, play

from timbrespace.cli.app import main
from timbrespace.live import portaudio
from timbrespace.live.portaudio import DeviceInfo

Write = Callable[..., Path]
HOP = 128
ALSA = """pcm.!default { type null }
pcm.silence { type null hint { show on description "silence" } }
"""  # plug-ins that need no sound card


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


@pytest.fixture
def model(tiny_models: dict[str, Path]) -> Path:
    return tiny_models["continuous"]


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the program for itself, with ALSA's null devices; what still runs at the end is killed."""
    (tmp_path / "alsa.conf").write_text(ALSA)
    environment = {
        **os.environ,
        "ALSA_CONFIG_PATH": str(tmp_path / "alsa.conf"),
        "JACK_NO_START_SERVER": "1",
        "JACK_DEFAULT_SERVER": "none-for-tests",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    running: list[subprocess.Popen[str]] = []

    def begin(*arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "timbrespace", *map(str, arguments)]
        running.append(
            subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        )
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


def first_line(process: subprocess.Popen[str]) -> str:
    """What is said when the sound begins."""
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize("kind", ["continuous", "discrete"])
def test_a_file_through_a_model_is_what_the_stream_plays(
    tiny_models: dict[str, Path], write_tone: Write, tmp_path: Path, capsys, kind: str
) -> None:
    source = write_tone("in.wav", 0.5)
    out = tmp_path / "out.wav"
    assert run("live", tiny_models[kind], "--input", source, "--output", out) == 0
    samples, rate = soundfile.read(out, dtype="float32")
    tone, _ = soundfile.read(source, dtype="float32")
    player = make_player([load(tiny_models[kind])])
    expected = play(player, np.pad(tone, (0, RATE)))
    ending = 3 * HOP  # in which it fades
    whole = len(samples) - ending
    assert rate == RATE
    assert whole >= len(tone) + player.latency_samples - HOP
    assert np.abs(samples[:whole] - expected[:whole]).max() < 1e-6
    assert abs(samples[-1]) < 1e-3
    output = capsys.readouterr()
    assert "16000 Hz in blocks of 128, 32 ms late (512 samples" in output.out
    assert "0 drop-outs" in output.out
    assert output.err == ""


def test_a_click_comes_out_as_late_as_is_said(tiny_models: dict[str, Path], tmp_path: Path) -> None:
    click = np.zeros(8 * 1024, np.float32)
    click[4096] = 0.9
    soundfile.write(tmp_path / "in.wav", click, 44_100)
    arguments = ["live", tiny_models["discrete"], "--input", tmp_path / "in.wav", "--block", 256]
    assert run(*arguments, "--output", tmp_path / "dry.wav", "--set", "drywet=0") == 0
    assert run(*arguments, "--output", tmp_path / "wet.wav", "--json", "-q") == 0
    dry, wet = (soundfile.read(tmp_path / name)[0] for name in ("dry.wav", "wet.wav"))
    player = make_player([load(tiny_models["discrete"])], 44_100, 256)
    assert int(np.argmax(np.abs(dry))) == 4096 + player.latency_samples
    energy = wet**2
    middle = (energy @ np.arange(len(energy))) / energy.sum()
    window = 512 * 44_100 / RATE
    assert middle == pytest.approx(4096 + player.latency_samples, abs=window / 2)


def test_json_rate_block_channel_and_controls(model: Path, write_tone: Write, tmp_path: Path, capsys) -> None:
    source = write_tone("in.wav", 0.5, channels=2, rate=44_100)
    arguments = ["live", model, "--input", source, "--json", "--quiet"]
    options = ["--rate", 22_050, "--block", 200, "--channel", 2]
    assert run(*arguments, *options, "--output", tmp_path / "a.flac") == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["sample_rate"], summary["block_samples"], summary["dropouts"]) == (22_050, 200, 0)
    assert soundfile.info(tmp_path / "a.flac").frames == summary["blocks"] * 200
    controls = ["--set", "loudness/offset=-20", "--set", "/ts/z/0/bias=1.5"]
    assert run(*arguments, *options, *controls, "--output", tmp_path / "b.flac") == 0
    loud, quiet = (soundfile.read(tmp_path / name)[0] for name in ("a.flac", "b.flac"))
    assert 5 * np.std(quiet) < np.std(loud)


def test_a_plane_plays_by_itself_and_models_may_be_several(
    tiny_models: dict[str, Path], write_tone: Write, tmp_path: Path
) -> None:
    corners = [write_tone(f"{name}.wav", 0.4) for name in "abcd"]
    soundfile.write(tmp_path / "silence.wav", np.zeros(RATE), RATE)
    arguments = [
        "live", *tiny_models.values(), "--plane", *corners, "--input", tmp_path / "silence.wav",
        "--output", tmp_path / "out.wav", "--force",
    ]  # fmt: skip
    assert run(*arguments) == 0
    assert not np.any(soundfile.read(tmp_path / "out.wav")[0])
    assert run(*arguments, "--set", "plane/loudness=1", "--set", "plane=0.2,0.9") == 0
    assert np.std(soundfile.read(tmp_path / "out.wav")[0][2000:]) > 1e-3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle_it_keeps_what_was_played(
    model: Path, tmp_path: Path, start: Start, number: signal.Signals
) -> None:
    source, out = tmp_path / "in.wav", tmp_path / "out.wav"
    soundfile.write(source, make_tone(120.0), RATE)
    process = start("live", model, "--input", source, "--output", out, "--real-time", "--osc-in", free_port())
    assert "Ctrl-C ends it" in first_line(process)
    while recorded_bytes(tmp_path) < 3 * 0.3 * RATE:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.05)
    assert not out.exists()
    process.send_signal(number)
    said, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "blocks" in said
    samples, _ = soundfile.read(out)
    assert 0.2 * RATE < len(samples) < 60 * RATE
    assert np.std(samples) > 1e-3
    assert samples[-1] == 0.0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alsa.conf", "in.wav", "out.wav"]


def test_through_portaudio_from_device_to_device(model: Path, start: Start) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.settimeout(30)
        osc = ["--osc-in", free_port(), "--osc-out", f"127.0.0.1:{heard.getsockname()[1]}"]
        process = start("live", model, "--output", "silence", "--block", 256, *osc, "--json")
        line = first_line(process)
        assert "44100 Hz in blocks of 256" in line
        frames = 0
        while frames < 10:  # each a hop of 512 samples, two blocks
            frames += heard.recv(4096).startswith(b"/ts/latents")
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert only_dropouts(err)
    summary = json.loads(out)
    assert summary["blocks"] > 10
    assert summary["device_latency_seconds"] > 256 / 44_100


def test_through_portaudio_from_a_file_and_the_list_of_devices(
    model: Path, write_tone: Write, start: Start
) -> None:
    playing = start("live", model, "--input", write_tone("in.wav", 0.5, rate=48_000), "--output", "default")
    listing = start("live", "--devices")
    out, err = playing.communicate(timeout=60)
    assert playing.returncode == 0, err
    assert only_dropouts(err)
    assert "blocks" in out.splitlines()[-1]
    out, err = listing.communicate(timeout=60)
    assert (listing.returncode, err) == (0, "")
    assert "silence (ALSA)" in out
    assert "default input and output" in out


def recorded_bytes(folder: Path) -> int:
    """The size of what is being written for now under another name."""
    return sum(path.stat().st_size for path in folder.glob(".out.*.tmp.wav"))


def only_dropouts(err: str) -> bool:
    """Whether nothing but drop-outs is complained of: these devices do not keep time."""
    return all("note: there were drop-outs" in line for line in err.splitlines())


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "there is no model"),
        (["--plane", "MODEL", "a.wav", "b.wav"], 2, "--plane has 2 sounds; it takes 4 or more"),
        (["MODEL", "a.wav"], 2, "a.wav: this is a sound; the input is given with --input"),
        (["MODEL", "--block", "3"], 2, "--block is 3; it must be 16 to 65536 samples"),
        (["MODEL", "--rate", "3"], 2, "--rate is 3"),
        (["MODEL", "--spare", "0"], 2, "--spare is 0; it must be 1 to 64 blocks"),
        (["MODEL", "--channel", "best"], 2, "channel is 'best'"),
        (["MODEL", "--osc-in", "x"], 2, "--osc-in is 'x'; it must be PORT or HOST:PORT"),
        (["MODEL", "--osc-out", "9000"], 2, "--osc-out is '9000'; it must be HOST:PORT"),
        (["MODEL", "--osc-out", "a..b:9000"], 1, "--osc-out: the host 'a..b' is not found"),
        (["MODEL", "--osc-in", "a..b:9000"], 1, "--osc-in: the host 'a..b' is not found"),
        (["MODEL", "--osc-rate", "10"], 2, "--osc-rate is for what --osc-out sends"),
        (["MODEL", "--real-time"], 2, "--real-time is for a file played into a file"),
        (["MODEL", "--input", "gone.wav"], 1, "gone.wav: there is no such file"),
        (["MODEL", "--input", "in.wav", "--output", "in.wav", "--force"], 2, "the output is the input"),
        (["MODEL", "--input", "in.wav", "--output", "MODEL"], 2, "a sound is written as one of"),
        (["MODEL", "--input", "in.wav", "--output", "there.wav"], 1, "exists already"),
        (["gone.timbre", "--input", "in.wav", "--output", "o.wav"], 1, "gone.timbre"),
        (["MODEL", "--input", "bad.wav", "--output", "o.wav"], 1, "bad.wav: not audio"),
        (["MODEL", "--input", "in.wav", "--output", "o.wav", "--channel", "3"], 1, "the file has 1 channel"),
        (
            ["MODEL", "--input", "in.wav", "--output", "o.wav", "--set", "z/9/bias=1"],
            2,
            "--set: z/9/bias: there is no latent 9; they are 0 to 3",
        ),
        (
            ["MODEL", "--input", "in.wav", "--output", "o.wav", "--set", "drywet=2"],
            2,
            "drywet is 2; it must be from 0 to 1",
        ),
        (
            ["MODEL", "--input", "in.wav", "--output", "o.wav", "--set", "nonsense"],
            2,
            "timbrespace: --set is 'nonsense'; it must be NAME=VALUE",
        ),
        (["MODEL"], 1, "there is no sound device for input; connect one, or play files: --input FILE"),
        (
            ["MODEL", "--input", "in.wav", "--output", "o.mp4"],
            1,
            "'o.mp4' is a file, its name must end in one of .wav",
        ),
        (
            ["MODEL", "--input", "x/in", "--output", "o.wav"],
            1,
            "'x/in' is a file, its name must end in one of",
        ),
        (["MODEL", "--input", "in.wav", "--output", "Phones"], 1, "there is no sound device for output"),
    ],
)
def test_wrong_use_is_one_line(
    model: Path, write_tone: Write, tmp_path: Path, monkeypatch, capsys, arguments: list[str], code: int,
    said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(portaudio, "list_devices", list)
    for name in ("in.wav", "there.wav"):
        write_tone(name, 0.1)
    (tmp_path / "bad.wav").write_text("no")
    assert run("live", *[str(model) if word == "MODEL" else word for word in arguments]) == code
    out, err = capsys.readouterr()
    assert said in err
    assert err.count("\n") == 1
    assert out == ""
    assert not (tmp_path / "o.wav").exists()


def test_without_python_osc(model: Path, monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "pythonosc", None)
    assert run("live", model, "--osc-in", 9000) == 1
    assert "OSC needs the package python-osc: pip install" in capsys.readouterr().err


def test_no_devices_to_list(monkeypatch, capsys) -> None:
    monkeypatch.setattr(portaudio, "list_devices", list)
    assert run("live", "--devices") == 0
    assert "no sound devices; files can be played" in capsys.readouterr().out
    device = DeviceInfo(0, "Built-in", "Core", 2, 0, 48_000, True, False)
    monkeypatch.setattr(portaudio, "list_devices", lambda: [device])
    assert run("live", "--devices") == 0
    assert capsys.readouterr().out == "  0  Built-in (Core): 2 in, 0 out, 48000 Hz, default input\n"
    assert run("live", "--devices", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["name"] == "Built-in"
