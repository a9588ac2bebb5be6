"""How well parts that follow a descriptor do so: measured on their results, in a thread of its own.

Measuring pitch takes about a tenth of a sound's length. So who asks gets what is there, or nothing yet and,
once it is there, the event {"type": "achieved", "part", "fingerprint"}, or with "error".
"""

from __future__ import annotations

import logging
import math
import threading
from typing import Any

import numpy as np

from timbrespace.descriptors import DESCRIPTORS, frame_seconds
from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.studio import packets, recipes, sources
from timbrespace.studio.caching import Kept
from timbrespace.studio.document import FollowSource, Part
from timbrespace.studio.rendering import Render
from timbrespace.studio.stage import going_on
from timbrespace.studio.studio import Studio

log = logging.getLogger(__name__)

KEPT_BYTES = 16 * 2**20  # of packets: hours of curves


class Followings:
    """What was asked of the parts that follow, and what their sound does."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._kept: Kept[bytes] = Kept(KEPT_BYTES, len)
        self._lock = threading.Lock()
        self._wanted: dict[str, None] = {}  # ids of parts, the newest last
        self._thread: threading.Thread | None = None

    def of(self, key: str) -> bytes | None:
        """The packet of a part as it is now; None where it is still to be measured, which begins.

        Raises Missing, and UsageError where the part follows nothing.
        """
        part = recipes.part_of(self._studio.session.document, key)
        follow_source(part)
        found = self._kept.get(self._studio.evaluator.fingerprint(part))
        if found is None:
            self._want(key)
        return found

    def _want(self, key: str) -> None:
        with self._lock:
            self._wanted.pop(key, None)
            self._wanted[key] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="followings", daemon=False)
                self._thread.start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._wanted or not going_on():
                    self._thread = None
                    return
                key, _ = self._wanted.popitem()
            try:
                self._measure(key)
            except TimbrespaceError as error:
                self._send(key, error=" ".join(str(error).split()))
            except Exception as error:
                log.exception("measuring %s failed", key)
                self._send(key, error=f"unexpected {type(error).__name__}: {error}")

    def _measure(self, key: str) -> None:
        render = self._studio.renders.wait(key)
        part = recipes.part_of(self._studio.session.document, key)
        if self._studio.evaluator.fingerprint(part) != render.fingerprint:  # changed meanwhile
            self._want(key)
            return
        self._kept.put(render.fingerprint, achieved_packet(self._studio, part, render))
        self._send(key, fingerprint=render.fingerprint)

    def _send(self, key: str, **what: str) -> None:
        self._studio.events.send({"type": "achieved", "part": key, **what})


def follow_source(part: Part) -> FollowSource:
    """What a part follows. Raises UsageError where it follows nothing."""
    source = part.current_source
    if not isinstance(source, FollowSource):
        raise UsageError(f"'{part.name}' follows no descriptor; draw a target for it first")
    return source


def achieved_packet(studio: Studio, part: Part, render: Render) -> bytes:
    """A packet: seconds [L], NAME_target and NAME_measured [L] of every descriptor, measured NaN where it has
    none. Header: fingerprint, and `descriptors`: the scores, null where there is none, and `words`."""
    from timbrespace.codebook.achieved import achieved
    from timbrespace.codebook.follow import follow

    source, engine = follow_source(part), studio.engine_of(part)
    samples, level, targets = sources.asked_of(source, engine)
    found = follow(
        engine, studio.table(part.model), targets, level,
        continuity=source.continuity, length_samples=samples,
    )  # fmt: skip
    every = achieved(found, render.samples, engine.sample_rate)
    count = len(next(iter(every.values())).target)
    arrays = {"seconds": frame_seconds(count, engine.sample_rate).astype(np.float32)}
    described: dict[str, Any] = {}
    for name, one in every.items():
        arrays[f"{name}_target"] = one.target.astype(np.float32)
        arrays[f"{name}_measured"] = one.measured.astype(np.float32)
        scores = one.scores()
        told = {key: None if math.isnan(value) else value for key, value in scores.items()}
        described[name] = {**told, "words": words(name, scores, found.reach[name])}
    return packets.pack(arrays, ready=True, fingerprint=render.fingerprint, descriptors=described)


def words(name: str, scores: dict[str, float], reach: tuple[float, float]) -> list[str]:
    """Scores of a followed descriptor as a musician reads them, a sentence each. reach: in its unit."""
    form = DESCRIPTORS[name].format
    told = []
    if not math.isnan(scores["follow_spearman"]):
        told.append(f"It rises and falls with the target: rank correlation {scores['follow_spearman']:.3f}.")
    if math.isnan(scores["follow_median_error"]):
        told.append(f"No {name} can be measured in the sound.")
    elif math.isnan(scores["error_cents"]):
        told.append(f"Half of the time it is within {form(scores['follow_median_error'])}.")
    else:
        off = f"{scores['follow_median_error']:.1f} Hz, {scores['error_cents']:.0f} cents"
        told.append(f"Half of the time it is within {off}.")
    if scores["follow_reached"] < 1.0:
        told.append(
            f"{100 * (1 - scores['follow_reached']):.0f} % of the target lies beyond what the model reaches, "
            f"{form(reach[0])} to {form(reach[1])}; there it goes as far as it can."
        )
    if name == "f0" and scores["measurable"] < 1.0:
        told.append(f"{100 * scores['measurable']:.0f} % of the sound has a pitch.")
    return told
