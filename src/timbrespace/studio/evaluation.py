"""A part's recipe carried out: source, then every edit that counts, each state kept so that undo is at once.

Sources and the states along the edits are kept by fingerprint, in bounded memory; what was let go is made
again and is the same. Any thread may ask; two that want the same slow thing wait for one making of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from timbrespace.codebook.costs import Levels
from timbrespace.codebook.distances import Distances
from timbrespace.engine import Engine
from timbrespace.latents import LatentSeries
from timbrespace.progress import Tell
from timbrespace.studio import editing, recipes, sounds
from timbrespace.studio.caching import Kept, Turns
from timbrespace.studio.document import Document, Edit, NewSource, Operator, Part, SoundSource, Source
from timbrespace.studio.events import Events
from timbrespace.studio.sources import Bench, Sourced, make

if TYPE_CHECKING:
    from timbrespace.studio.studio import Studio

SOURCE_BYTES = 128 * 2**20  # of what sources gave
STATE_BYTES = 128 * 2**20  # of states along the edits: 2000 of 10 seconds
TOLD_SHARE = 0.02  # progress is told in steps of this


@dataclass(frozen=True)
class Evaluated:
    """A part as it is now. series: to decode with glide_frames. source: what its source gave, unedited.

    fingerprint: of all that decides how it sounds; empty for what is only tried.
    """

    series: LatentSeries
    source: LatentSeries
    glide_frames: int | None
    fingerprint: str


class Evaluator:
    """Makes series of parts. Deterministic: equal recipes give equal series."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._prints = recipes.Prints()
        self._sources: Kept[Sourced] = Kept(SOURCE_BYTES, lambda sourced: bytes_of(sourced.series))
        self._states: Kept[LatentSeries] = Kept(STATE_BYTES, bytes_of)
        self._turns = Turns()
        self._distances: dict[str, Distances] = {}
        self._levels: dict[str, Levels] = {}
        self._tools: dict[str, editing.Tools] = {}

    def series(
        self, part: Part, *, document: Document | None = None, progress: Tell | None = None
    ) -> Evaluated:
        """A part of the open session, or of another document, carried out. progress: may raise to stop it.

        Raises UsageError where the recipe makes no sense, Missing where something it needs is gone.
        """
        document = document or self._studio.session.document
        made: dict[str, Evaluated] = {}
        for each in recipes.chain(document, part):
            made[each.id] = self._evaluate(document, each, made, progress)
        return made[part.id]

    def fingerprint(self, part: Part, *, document: Document | None = None) -> str:
        """That of `series`, without making it."""
        document = document or self._studio.session.document
        below: dict[str, str] = {}
        for each in recipes.chain(document, part):
            _, states = self._prints_of(each, below)
            below[each.id] = recipes.digest(states[-1], str(each.seed))
        return below[part.id]

    def preview(self, part: Part, edit: Edit | None = None, source: Source | None = None) -> Evaluated:
        """The part with one more edit, or another source, not kept; what takes seconds is left out.

        A bent course is the straight one, what follows a descriptor takes the nearest sounds, and moves
        along a descriptor are left out, until it is meant.
        """
        if isinstance(edit, NewSource):
            source, edit = edit.source, None
        document = self._studio.session.document
        tools = self._tools_of(part.model)
        if source is None:
            now = self.series(part)
            series, given, glide = now.series, now.source, now.glide_frames
        else:
            edits = recipes.edits_of(part)
            tried = part.model_copy(update={"source": source, "edits": edits, "cursor": len(edits)})
            made = {each.id: self.series(each) for each in recipes.chain(document, tried)[:-1]}
            sourced = make(source, self._bench(document, tried, made, None, quick=True))
            series, given, glide = sourced.series, sourced.series, sourced.glide_frames
            for kept in edits:
                series = series if _is_slow(kept) else _edited(series, given, kept, tools)
        if edit is not None:
            series = editing.apply(series, given, edit, tools)
        return Evaluated(series, given, glide, "")

    def _evaluate(
        self, document: Document, part: Part, made: dict[str, Evaluated], progress: Tell | None
    ) -> Evaluated:
        """A part whose parts are made."""
        edits = recipes.edits_of(part)
        start, states = self._prints_of(part, {key: each.fingerprint for key, each in made.items()})
        sourced = self._sourced(document, part, start, made, progress)
        series, done = sourced.series, 0
        for number in range(len(edits), 0, -1):
            found = self._states.get(states[number])
            if found is not None:
                series, done = found, number
                break
        tools = self._tools_of(part.model)
        for number in range(done, len(edits)):
            series = _edited(series, sourced.series, edits[number], tools)
            self._states.put(states[number + 1], series)
        whole = recipes.digest(states[-1], str(part.seed))
        return Evaluated(series, sourced.series, sourced.glide_frames, whole)

    def _prints_of(self, part: Part, below: dict[str, str]) -> tuple[str, list[str]]:
        start = self._prints.source(part, self._studio.engine_of(part).model_id, below)
        return start, self._prints.states(start, recipes.edits_of(part))

    def _sourced(
        self, document: Document, part: Part, key: str, made: dict[str, Evaluated], progress: Tell | None
    ) -> Sourced:
        with self._turns.of(key):
            found = self._sources.get(key)
            if found is None:
                teller = _Teller(self._studio.events, part.id, progress)
                found = make(part.current_source, self._bench(document, part, made, teller))
                self._sources.put(key, found)
                teller.end()
            return found

    def _bench(
        self,
        document: Document,
        part: Part,
        made: dict[str, Evaluated],
        tell: _Teller | None,
        *,
        quick: bool = False,
    ) -> Bench:
        """What the source of a part is made with. made: the parts that it refers to."""
        engine = self._studio.engine_of(part)

        def of(ref: str) -> LatentSeries:
            if recipes.is_part(ref):
                return engine.requantise(made[ref].series)
            heard = part.model_copy(update={"source": SoundSource(sound=ref), "edits": [], "cursor": 0})
            start, _ = self._prints_of(heard, {})
            progress = None if tell is None else tell.progress
            return self._sourced(document, heard, start, {}, progress).series

        return Bench(
            engine,
            partial(self._studio.table, part.model),
            partial(self._distances_of, part.model),
            partial(self._levels_of, part.model),
            partial(recipes.sound_of, document),
            partial(sounds.read, self._studio.session),
            partial(self._load, engine),
            of,
            part.seed,
            tell,
            quick,
        )

    def _load(self, engine: Engine, key: str) -> LatentSeries:
        series = LatentSeries.load(series_path(self._studio.session.series, key))
        engine.check_fits(series)
        return series

    def _distances_of(self, model: str) -> Distances:
        with self._turns.of(("distances", model)):
            if model not in self._distances:
                engine, table = self._studio.model(model), self._studio.table(model)
                self._distances[model] = Distances(engine, table)
            return self._distances[model]

    def _levels_of(self, model: str) -> Levels:
        with self._turns.of(("levels", model)):
            if model not in self._levels:
                self._levels[model] = Levels(self._studio.model(model), self._studio.table(model))
            return self._levels[model]

    def _tools_of(self, model: str) -> editing.Tools:
        if model not in self._tools:
            engine = self._studio.model(model)
            self._tools[model] = editing.Tools.of(engine, partial(self._studio.table, model))
        return self._tools[model]


class _Teller:
    """Tells the pages and whoever listens how much of a source is made; nothing where that is quick."""

    def __init__(self, events: Events, part: str, progress: Tell | None) -> None:
        self._events = events
        self._part = part
        self.progress = progress
        self._told = -1.0

    def __call__(self, share: float) -> None:
        if self.progress is not None:
            self.progress(share)
        if share >= self._told + TOLD_SHARE:
            self._send(min(share, 0.99))

    def end(self) -> None:
        """All of it, where anything was told."""
        if self._told >= 0.0:
            self._send(1.0)

    def _send(self, share: float) -> None:
        self._told = share
        self._events.send({"type": "encode", "part": self._part, "share": round(share, 3)})


def series_path(folder: Path, key: str) -> Path:
    """The file of a series that was brought in."""
    return folder / f"{key}.npz"


def bytes_of(series: LatentSeries) -> int:
    """Memory that a series takes."""
    held = (series.z, series.loudness_db, series.codes)
    return sum(array.nbytes for array in held if array is not None) + 1024


def _edited(series: LatentSeries, given: LatentSeries, edit: Edit, tools: editing.Tools) -> LatentSeries:
    """After an edit that is kept, as far as this model has its dimensions."""
    fitting = editing.within(edit, series.latents)
    return series if fitting is None else editing.apply(series, given, fitting, tools)


def _is_slow(edit: Edit) -> bool:
    return isinstance(edit, Operator) and edit.name == "along"
