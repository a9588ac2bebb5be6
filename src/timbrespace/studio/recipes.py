"""What a part is made of, read off the document: its edits that count, what it refers to, its fingerprint.

A fingerprint stands for all that decides how a part sounds: the model, the source with what that refers to,
and every edit. Equal fingerprints, equal series. It grows edit by edit: states on the way have one too.
"""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Mapping, Sequence

from timbrespace.errors import UsageError
from timbrespace.studio.document import (
    Document,
    Edit,
    MorphSource,
    NewModel,
    NewSource,
    Part,
    PlaneSource,
    Sound,
    SoundSource,
    Source,
)
from timbrespace.studio.errors import Missing

DEEPEST = 32  # parts made of parts


def edits_of(part: Part) -> list[Edit]:
    """The edits that count, without those that name another source or model."""
    return [edit for edit in part.edits[: part.cursor] if not isinstance(edit, NewSource | NewModel)]


def refs(source: Source) -> list[str]:
    """Ids of the sounds and parts that a source is made of."""
    if isinstance(source, SoundSource):
        return [source.sound]
    if isinstance(source, MorphSource):
        return [source.a, source.b]
    if isinstance(source, PlaneSource):
        return [point.ref for point in source.points if point.ref is not None]
    return []


def is_part(ref: str) -> bool:
    """Whether an id is that of a part and not of a sound."""
    return ref.startswith("p")


def part_of(document: Document, key: str) -> Part:
    """The part of this id, removed or not. Raises Missing."""
    part = document.part(key)
    if part is None:
        raise Missing(f"there is no part {key:.20}")
    return part


def sound_of(document: Document, key: str) -> Sound:
    """The sound of this id, removed or not. Raises Missing."""
    sound = document.sound(key)
    if sound is None:
        raise Missing(f"there is no sound {key:.20}")
    return sound


def chain(document: Document, part: Part) -> list[Part]:
    """The parts that a part is made of, each once, what another is made of before that, and itself last.

    Raises UsageError where it is made of itself, of a part for another model, or of too many one in the
    other; Missing where something is gone.
    """
    done: dict[str, Part] = {}
    _follow(document, part, [], done)
    return list(done.values())


def _follow(document: Document, part: Part, above: list[Part], done: dict[str, Part]) -> None:
    if part.id in [each.id for each in above]:
        way = ", made of ".join(f"'{each.name}'" for each in [*above, part])
        raise UsageError(f"{way}: a part cannot be made of itself; choose another sound or part")
    if len(above) >= DEEPEST:
        raise UsageError(f"'{part.name}': parts are made of parts more than {DEEPEST} deep; use a result")
    if part.id in done:
        return
    for ref in refs(part.current_source):
        if not is_part(ref):
            sound_of(document, ref)
            continue
        below = part_of(document, ref)
        if below.model != part.model:
            raise UsageError(
                f"'{below.name}' is of the model {below.model} and '{part.name}' of {part.model}; "
                "export its result as a sound and take that"
            )
        _follow(document, below, [*above, part], done)
    done[part.id] = part


def depends(document: Document, part: Part, key: str) -> bool:
    """Whether a part is, or is made of, the part of this id."""
    return any(each.id == key for each in chain(document, part))


class Prints:
    """Makes fingerprints; an edit is put into words once: it never changes, and is known by identity."""

    def __init__(self) -> None:
        self._words: dict[int, str] = {}  # of edits that are there still

    def source(self, part: Part, model_id: str, below: Mapping[str, str]) -> str:
        """Of what a part's source gives. below: fingerprints of the parts that it refers to."""
        source = part.current_source
        made_of = [below.get(ref, ref) for ref in refs(source)]
        seed = part.seed if isinstance(source, MorphSource) and source.course != "line" else 0
        return digest(model_id, source.model_dump_json(), *made_of, str(seed))

    def states(self, start: str, edits: Sequence[Edit]) -> list[str]:
        """Of the series after no edit, after one, …, after all. start: that of the source."""
        prints = [start]
        for edit in edits:
            prints.append(digest(prints[-1], self._word(edit)))
        return prints

    def _word(self, edit: Edit) -> str:
        key = id(edit)
        if key not in self._words:
            self._words[key] = digest(edit.model_dump_json())
            weakref.finalize(edit, self._words.pop, key, None).atexit = False  # two threads may come here
        return self._words[key]


def digest(*words: str) -> str:
    """A short name for words, the same for the same."""
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:32]
