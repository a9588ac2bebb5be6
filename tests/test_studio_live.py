"""The live room's back-end: dials that all share, OSC switched on and off, how late a microphone is."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from live_help import free_port, packet
from pythonosc.osc_message import OscMessage
from studio_parts_help import opened
from studio_player_help import wait_until

from timbrespace.live.controls import CONTROLS, Settings
from timbrespace.studio.app import create_app
from timbrespace.studio.microphone import STORE_SECONDS, Microphone
from timbrespace.studio.security import Guard
from timbrespace.studio.studio import Studio

PORT = 8126
LOCAL = "127.0.0.1"


@pytest.fixture(scope="module")
def studio(tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    models = {name: tiny_models[name] for name in ("continuous", "discrete")}
    with opened(models, tmp_path_factory.mktemp("sessions")) as held:
        yield held


@pytest.fixture
def client(studio: Studio) -> Iterator[TestClient]:
    headers = {"x-timbrespace-token": "the-token"}
    app = create_app(studio, Guard(PORT, "the-token"))
    yield TestClient(app, base_url=f"http://{LOCAL}:{PORT}", headers=headers)
    studio.osc.close()
    studio.dials.reset()


@pytest.fixture
def told(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What every page hears."""
    events: list[dict[str, Any]] = []
    monkeypatch.setattr(studio.events, "send", events.append)
    return events


def send(port: int, address: str, *arguments: Any) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
        sending.sendto(packet(address, *arguments), (LOCAL, port))


def moved(told: list[dict[str, Any]]) -> dict[str, list[float]]:
    """Where the pages were told that dials went."""
    return {
        name: values for event in told if event["type"] == "dials" for name, values in event["values"].items()
    }


def test_dials_are_described_as_the_table_of_controls_says(client: TestClient, studio: Studio) -> None:
    rows = client.get("/api/controls", params={"model": "continuous"}).json()
    by_name = {row["name"]: row for row in rows}
    latents = studio.model("continuous").config.latents
    assert {row["dimension"] for row in rows} == {None, *range(latents)}
    assert by_name["z/0/bias"]["low"] == -by_name["z/0/bias"]["high"] < 0.0
    assert by_name["z/1/scale"]["values"] == [1.0]
    for name in ("loudness/offset", "aperiodicity", "freeze", "mute", "drywet"):
        control, row = CONTROLS[name], by_name[name]
        assert (row["help"], row["unit"], row["low"], row["high"], row["rest"], row["whole"]) == (
            control.help, control.unit, control.low, control.high, control.default, control.whole
        )  # fmt: skip


def test_dials_of_no_model_are_not_found(client: TestClient) -> None:
    answer = client.get("/api/controls", params={"model": "none"})
    assert (answer.status_code, list(answer.json())) == (404, ["error"])


def test_what_one_moves_everybody_hears_and_reset_brings_it_back(
    client: TestClient, studio: Studio, told: list[dict[str, Any]]
) -> None:
    for value in np.linspace(0.0, 1.5, 200):
        studio.dials.set("z/2/bias", [value])
    wait_until(lambda: moved(told).get("z/2/bias") == [1.5])
    assert len(told) < 20  # a hand that hurries makes no flood
    now = client.get("/api/controls", params={"model": "discrete"}).json()
    assert next(row for row in now if row["name"] == "z/2/bias")["values"] == [1.5]
    assert client.post("/api/controls/reset").is_success
    wait_until(lambda: moved(told)["z/2/bias"] == [0.0])
    assert studio.dials.bias[2] == 0.0


def test_osc_moves_dials_and_hears_frames(
    client: TestClient, studio: Studio, told: list[dict[str, Any]]
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as remote:
        remote.bind((LOCAL, 0))
        remote.settimeout(10.0)
        port = free_port()  # once the other has its own, which might be this one
        send_to = f"{LOCAL}:{remote.getsockname()[1]}"
        state = client.put("/api/osc", json={"hear": str(port), "send_to": send_to}).json()
        assert "error" not in state
        assert (state["on"], state["hear"], state["send_to"]) == (True, str(port), send_to)
        send(port, "/ts/z/1/bias", 0.25)
        send(port, "/ts/plane", 0.75, 0.5)
        wait_until(lambda: moved(told).get("z/1/bias") == [0.25])
        wait_until(lambda: moved(told).get("plane") == [0.75, 0.5])
        frame = np.array([0.5, -0.5, 1.0, -20.0], np.float32)
        studio.osc.hear_frame(frame, studio.model("discrete"))
        latents, loudness = (OscMessage(remote.recv(65_535)) for _ in range(2))
        assert (latents.address, latents.params) == ("/ts/latents", [0.5, -0.5, 1.0])
        assert (loudness.address, loudness.params) == ("/ts/loudness", [-20.0])
        send(port, "/ts/model", 0)
        wait_until(lambda: {"type": "model", "model": "continuous"} in told)
        send(port, "/ts/reset")
        wait_until(lambda: moved(told)["z/1/bias"] == [0.0])


@pytest.mark.parametrize(
    ("address", "note"),
    [
        ("nothing", "nothing: there is no such control"),
        ("plane/amount", "plane/amount: in the studio a plane plays by itself"),
        ("plane/loudness", "plane/loudness: in the studio a plane plays by itself"),
    ],
)
def test_what_osc_says_in_vain_is_noted_in_one_line(
    client: TestClient, studio: Studio, told: list[dict[str, Any]], address: str, note: str
) -> None:
    port = free_port()
    before = client.get("/api/controls", params={"model": "continuous"}).json()
    assert client.put("/api/osc", json={"hear": str(port), "send_to": None}).is_success
    send(port, f"/ts/{address}", 1.0)
    wait_until(lambda: studio.osc.state()["refused"] == 1)
    wait_until(lambda: client.get("/api/osc").json()["note"])
    said = client.get("/api/osc").json()["note"]
    assert said.startswith(note)
    assert "\n" not in said
    assert address not in moved(told)
    assert client.get("/api/controls", params={"model": "continuous"}).json() == before
    assert address not in {name for name, _, _ in studio.dials.listed()}
    assert not client.delete("/api/osc").json()["on"]


def test_a_port_that_is_taken_is_told_and_another_can_be_had(client: TestClient) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((LOCAL, 0))
        answer = client.put("/api/osc", json={"hear": str(taken.getsockname()[1]), "send_to": None})
        assert answer.status_code == 400
        assert "choose another port" in answer.json()["error"]
        assert "\n" not in answer.json()["error"]
    assert not client.get("/api/osc").json()["on"]
    assert client.put("/api/osc", json={"hear": str(free_port())}).json()["on"]


@pytest.mark.parametrize(
    "wanted",
    [{"hear": "ninety"}, {"hear": "0"}, {"hear": None, "send_to": None}, {"send_to": "9001"}, {"hear": ""}],
)
def test_addresses_that_are_none_are_refused(client: TestClient, wanted: dict[str, Any]) -> None:
    answer = client.put("/api/osc", json=wanted)
    assert (answer.status_code, list(answer.json())) == (422, ["error"])
    assert not client.get("/api/osc").json()["on"]


def test_a_microphones_blocks_say_which_of_its_samples_they_are_made_from(studio: Studio) -> None:
    engine = studio.model("continuous")
    voice = Microphone(engine, Settings(np.full(engine.config.latents, 3.0)))
    store = round(STORE_SECONDS * engine.sample_rate)
    hop, n_fft = engine.signal.hop, engine.signal.n_fft
    voice.heard.put(np.zeros(store + hop, np.float32))
    rising = []
    for _ in range(2 * n_fft // hop):
        rising.append(voice.block().seconds * engine.sample_rate)
        voice.heard.put(np.zeros(hop, np.float32))
    late = n_fft // hop  # blocks from a sample in to the same sample out
    assert rising[:late] == [0.0] * late
    assert rising[late:] == pytest.approx([hop * block for block in range(len(rising) - late)])
