"""However many requests wait for a result, everything else is answered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import studio_parts_help as parts_help
from studio_parts_help import add_part, add_sound

from timbrespace.studio.document import SoundSource
from timbrespace.studio.studio import Studio

ALL_THREADS = 40  # that answer requests, as Starlette has them
SECONDS = 20.0  # longer than anything here takes


@pytest.fixture
def studio(tiny_models: dict[str, Path], tmp_path: Path) -> Iterator[Studio]:
    with parts_help.opened({"tiny": tiny_models["continuous"]}, tmp_path / "sessions") as opened:
        yield opened


def test_who_waits_for_a_result_takes_no_thread_from_others(
    studio: Studio, write_tone: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = add_sound(studio, write_tone("a.wav", 0.3))
    part = add_part(studio, "tiny", SoundSource(sound=sound.id))
    waiting, go_on = threading.Semaphore(0), threading.Event()
    wait = studio.renders.wait

    def slow(key: str) -> object:
        waiting.release()
        assert go_on.wait(SECONDS)
        return wait(key)

    monkeypatch.setattr(studio.renders, "wait", slow)
    with parts_help.client(studio) as page, ThreadPoolExecutor(ALL_THREADS + 1) as many:
        asked = [many.submit(page.get, f"/api/parts/{part.id}/peaks") for _ in range(ALL_THREADS)]
        assert all(waiting.acquire(timeout=SECONDS) for _ in asked)
        other = many.submit(page.get, f"/api/parts/{part.id}")
        try:
            assert other.result(SECONDS).status_code == 200
        finally:
            go_on.set()
        assert {each.result(SECONDS).status_code for each in asked} == {200}
