"""What the page does to parts: each change is tried, kept, rendered, and told.

Tried first, so that a part that cannot be carried out never gets into the document.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from numpy.typing import NDArray

from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.studio import editing, parts, recipes
from timbrespace.studio.bindings import bound
from timbrespace.studio.document import Document, Edit, Part
from timbrespace.studio.evaluation import Evaluated
from timbrespace.studio.packets import pack
from timbrespace.studio.studio import Studio
from timbrespace.studio.wording import part_view


def add(studio: Studio, part: Part) -> dict[str, Any]:
    """Put a new part into the document once it can be carried out, and render it. Returns its view.

    Raises TimbrespaceError where its session was closed meanwhile: it is none of the one that is open then.
    """
    session = studio.session
    part = part.model_copy(update={"model_id": studio.model(part.model).model_id})
    studio.evaluator.series(part, document=session.document)
    session.change(lambda document: parts.added(document, part))
    studio.renders.request(part.id)
    return view(studio, part.id)


def view(studio: Studio, key: str) -> dict[str, Any]:
    """A part with what the page shows of it. problem: why it cannot be carried out, or null."""
    part = recipes.part_of(studio.session.document, key)
    now, problem = None, None
    try:
        now = studio.evaluator.series(part)
    except TimbrespaceError as error:
        problem = " ".join(str(error).split())
    done = part.edits[: part.cursor]
    return {
        "part": part_view(part),
        "problem": problem,
        "frames": 0 if now is None else len(now.series),
        "frame_rate_hz": 0.0 if now is None else now.series.frame_rate_hz,
        "fingerprint": "" if now is None else now.fingerprint,
        "can_undo": len(done) > 0,
        "can_redo": len(done) < len(part.edits),
        "edits": len(part.edits),
        "last_edit": parts.words_of(done[-1]) if done else "",
    }


def series_packet(studio: Studio, part: Part) -> bytes:
    """A series as the page draws it: z [L, D] and loudness_db [L], the source's, and codes as they play."""
    now = studio.evaluator.series(part)
    arrays: dict[str, NDArray[Any]] = {
        "z": now.series.z,
        "loudness_db": now.series.loudness_db,
        "source_z": now.source.z,
        "source_loudness_db": now.source.loudness_db,
    }
    codes = studio.engine_of(part).requantise(now.series).codes
    if codes is not None:
        arrays["codes"] = codes
    return pack(arrays, frame_rate_hz=now.series.frame_rate_hz, fingerprint=now.fingerprint)


def tried_packet(tried: Evaluated) -> bytes:
    """What an edit would make of a series: z [L, D] and loudness_db [L]."""
    series = tried.series
    return pack({"z": series.z, "loudness_db": series.loudness_db}, frame_rate_hz=series.frame_rate_hz)


def commit(studio: Studio, key: str, edit: Edit) -> dict[str, Any]:
    """Keep one more edit if the part can be carried out with it, and render."""
    document = studio.session.document
    before = studio.evaluator.series(parts.live_part(document, key))
    if editing.is_beyond(edit, len(before.series)):
        raise UsageError(f"the place lies beyond the end; the series has {len(before.series)} frames")
    editing.check(edit, before.series)
    tried = parts.edited(document, key, edit)
    check(studio, tried, parts.live_part(tried, key))
    studio.session.change(lambda newest: parts.edited(newest, key, edit))
    studio.renders.request_with_active(key)
    return view(studio, key)


def render(studio: Studio, key: str) -> None:
    """Render a part and the active one that is made of it, where they can be carried out."""
    with suppress(TimbrespaceError):  # `view` says it
        studio.renders.request_with_active(key)


def check(studio: Studio, document: Document, part: Part) -> None:
    """Raise UsageError where a part, or another then, cannot be carried out, or its selection is none."""
    parts.check_others(studio.session.document, document)
    now = studio.evaluator.series(part, document=document)
    if part.selection is not None and not part.selection[0] < part.selection[1]:
        first, last = part.selection
        raise UsageError(
            f"the selection is {first} to {last} of {len(now.series)} frames; it must go forward"
        )


def move(studio: Studio, key: str, steps: int) -> dict[str, Any]:
    """Undo, -1, or redo, 1, as far as there is anything. Returns the view, which says what is wrong."""
    models = studio.models  # one that is gone back to may have another name today
    studio.session.change(lambda document: bound(parts.moved(document, key, steps), models))
    render(studio, key)
    return view(studio, key)
