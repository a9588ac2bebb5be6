"""Results: parts decoded whole, in the background, while the hand goes on.

One thread, the newest request first. A render that is no longer the newest stops at its next block: for good
where its part was changed, else to start again after what was more urgent. Finished ones are kept by
fingerprint, in bounded memory, so that what was undone is there again at once. The thread's priority is that
of the rest: were it lower, on a busy machine it would wait for a core while it holds Python's lock, and what
plays would wait with it.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from timbrespace.errors import TimbrespaceError
from timbrespace.loudness import integrated_lufs
from timbrespace.studio import recipes
from timbrespace.studio.caching import Kept

if TYPE_CHECKING:
    from timbrespace.studio.studio import Studio

log = logging.getLogger(__name__)

RENDER_BYTES = 256 * 2**20  # of finished renders: 25 minutes of sound
EVALUATING, DECODING = 0.2, 0.75  # shares of the work, as it is told
WAIT_SECONDS = 1800.0
CLOSING_SECONDS = 1.0


@dataclass(frozen=True, eq=False)
class Render:
    """A part as sound. samples: float32 [T] at the model's rate. loudness_lufs: integrated, BS.1770."""

    fingerprint: str
    samples: NDArray[np.float32]
    sample_rate: int
    loudness_lufs: float


class Stopped(Exception):
    """This render is not wanted now."""


class Renders:
    """Renders parts of the open session."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._kept: Kept[Render] = Kept(RENDER_BYTES, lambda render: render.samples.nbytes + 1024)
        self._wanted: OrderedDict[str, str] = OrderedDict()  # part → fingerprint, the newest last
        self._finished: dict[str, list[str]] = {}  # part → fingerprints, the last two
        self._failed: dict[str, tuple[str, TimbrespaceError]] = {}  # part → fingerprint, why
        self._news = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None

    def request(self, key: str) -> str:
        """Render a part as it is now, before everything else; returns the fingerprint of what comes.

        Raises Missing where there is no such part, UsageError where its recipe makes no sense.
        """
        with self._news:  # before the document is read: else an older request could come after a newer one
            document = self._studio.session.document
            part = recipes.part_of(document, key)
            fingerprint = self._studio.evaluator.fingerprint(part, document=document)
            self._failed.pop(key, None)
            if self._kept.get(fingerprint) is not None:
                self._wanted.pop(key, None)
                self._finish(key, fingerprint)
            else:
                self._wanted[key] = fingerprint
                self._wanted.move_to_end(key)
                self._start()
            self._news.notify_all()
        return fingerprint

    def request_with_active(self, key: str) -> None:
        """Render a part that was changed, and first of all the active one where it is made of that."""
        self.request(key)
        document = self._studio.session.document
        active = document.part(document.active) if document.active is not None else None
        if active is not None and active.id != key and recipes.depends(document, active, key):
            self.request(active.id)

    def result(self, key: str) -> Render | None:
        """The render of a part that was finished last; None before the first."""
        return self._nth(key, -1)

    def previous(self, key: str) -> Render | None:
        """The one finished before that, of another recipe."""
        return self._nth(key, -2)

    def wait(self, key: str, seconds: float = WAIT_SECONDS) -> Render:
        """The render of a part as it is now, made if need be. Raises what its making raises."""
        wanted = self.request(key)
        with self._news:
            while not self._closing:
                render = self._kept.get(wanted)
                if render is not None:
                    return render
                failed = self._failed.get(key)
                if failed is not None:
                    raise failed[1]
                if self._wanted.get(key) != wanted:  # changed meanwhile
                    wanted = self._wanted.get(key) or self.request(key)
                elif not self._news.wait(seconds):
                    break
        raise TimbrespaceError(f"the result of {key} took too long; try again")

    def forget(self) -> None:
        """Another session is open: stop, and forget what was rendered for which part."""
        with self._news:
            self._wanted.clear()
            self._finished.clear()
            self._failed.clear()
            self._news.notify_all()

    def close(self) -> None:
        """Stop for good, at the next block; what takes longer than `CLOSING_SECONDS` is left behind."""
        with self._news:
            self._closing = True
            self._wanted.clear()
            self._news.notify_all()
        if self._thread is not None:
            self._thread.join(CLOSING_SECONDS)

    def _nth(self, key: str, place: int) -> Render | None:
        finished = self._finished.get(key, [])
        return self._kept.get(finished[place]) if len(finished) >= -place else None

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="renders", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._closing or self._wanted)
                if self._closing:
                    return
                key = next(reversed(self._wanted))
                fingerprint = self._wanted[key]
            try:
                self._render(key, fingerprint)
            except Stopped:
                continue
            except TimbrespaceError as error:
                self._fail(key, fingerprint, error)
            except Exception as error:
                log.exception("the render of %s failed", key)
                self._fail(key, fingerprint, TimbrespaceError(f"unexpected {type(error).__name__}: {error}"))

    def _render(self, key: str, fingerprint: str) -> None:
        """Make one. Raises Stopped as soon as another is wanted more."""

        def tell(share: float) -> None:
            with self._news:
                first = next(reversed(self._wanted.items()), None)
                if self._closing or first != (key, fingerprint):
                    raise Stopped
            self._send(key, fingerprint, share=round(min(share, 0.99), 3))

        tell(0.0)
        part = recipes.part_of(self._studio.session.document, key)
        engine = self._studio.engine_of(part)
        now = self._studio.evaluator.series(part, progress=lambda share: tell(EVALUATING * share))
        samples = engine.decode(
            engine.requantise(now.series),
            seed=part.seed,
            glide_frames=now.glide_frames,
            progress=lambda share: tell(EVALUATING + DECODING * share),
        )
        loudness = integrated_lufs(samples, engine.sample_rate)
        self._kept.put(now.fingerprint, Render(now.fingerprint, samples, engine.sample_rate, loudness))
        with self._news:
            if self._wanted.get(key) in (fingerprint, now.fingerprint):
                del self._wanted[key]
                self._finish(key, now.fingerprint)
            self._news.notify_all()

    def _finish(self, key: str, fingerprint: str) -> None:
        """This is now a part's result."""
        others = [each for each in self._finished.get(key, []) if each != fingerprint]
        self._finished[key] = [*others[-1:], fingerprint]
        self._send(key, fingerprint, share=1.0)

    def _fail(self, key: str, fingerprint: str, error: TimbrespaceError) -> None:
        with self._news:
            if self._wanted.get(key) == fingerprint:
                del self._wanted[key]
                self._failed[key] = fingerprint, error
                self._send(key, fingerprint, error=" ".join(str(error).split()))
            self._news.notify_all()

    def _send(self, key: str, fingerprint: str, **what: float | str) -> None:
        self._studio.events.send({"type": "render", "part": key, "fingerprint": fingerprint, **what})
