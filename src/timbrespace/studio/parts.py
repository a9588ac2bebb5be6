"""What can be done to the parts of a document: pure, a document in and a document out.

Nothing is thrown away: a removed part can be restored, and undone edits go only when another one is made.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from itertools import chain
from typing import Any

from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.studio import recipes
from timbrespace.studio.document import (
    Document,
    Draw,
    Erase,
    NewModel,
    NewSource,
    Operator,
    Part,
    Reset,
    SetTo,
    Source,
    Step,
)
from timbrespace.studio.errors import Missing
from timbrespace.studio.quantities import MAX_EDITS, MOST_PARTS, MOST_REMOVED

KINDS = {
    "sound": "Sound", "morph": "Morph", "plane": "Plane", "follow": "Drawn descriptor", "codes": "Codes",
    "series": "Series",
}  # fmt: skip
CHANGES = {
    "sound": "another sound", "morph": "change of the morph", "plane": "change on the plane",
    "follow": "change of the target", "codes": "change of the path", "series": "another series",
}  # fmt: skip
LONGEST_NAME = 200

Change = Callable[[Document], Document]


def new_part(document: Document, model: str, source: Source, name: str | None) -> Part:
    """A part that is not in the document yet, named after its sound or its kind where it has no name."""
    sound = document.sound(source.sound) if source.kind == "sound" else None
    wanted = name or (sound.name if sound is not None else KINDS[source.kind])
    return Part(id=f"p{secrets.token_hex(6)}", name=_free_name(document, wanted), model=model, source=source)


def live_part(document: Document, key: str) -> Part:
    """The part of this id that was not removed. Raises Missing."""
    part = next((each for each in document.parts if each.id == key), None)
    if part is None:
        raise Missing(f"there is no part {key:.20}; it may have been removed")
    return part


def added(document: Document, part: Part) -> Document:
    """With a new part, which is now the active one. Raises UsageError where there are too many."""
    if len(document.parts) >= MOST_PARTS:
        raise UsageError(f"there are {len(document.parts)} parts, the most a session has; remove some")
    return document.model_copy(update={"parts": [*document.parts, part], "active": part.id})


def replaced(document: Document, key: str, **fields: Any) -> Document:
    """With other fields of one part; the document itself where nothing differs."""
    part = live_part(document, key)
    if all(getattr(part, name) == value for name, value in fields.items()):
        return document
    changed = part.model_copy(update=fields)
    return document.model_copy(
        update={"parts": [changed if each.id == key else each for each in document.parts]}
    )


def edited(document: Document, key: str, edit: Step) -> Document:
    """With one more edit of a part; what was undone goes. Raises UsageError where there are too many."""
    return _put(document, _with_step(live_part(document, key), edit))


def tied(document: Document, key: str) -> set[str]:
    """A part, those that it is made of and those made of it, removed ones too: they have one model."""
    live_part(document, key)
    ties = {part.id: set(recipes.refs(part.current_source)) for part in _all(document)}
    found, reached = set[str](), {key}
    while reached - found:
        found |= reached
        above = {each for each, below in ties.items() if below & found}
        reached = above | {ref for each in found for ref in ties[each] if ref in ties}
    return found


def remodelled(document: Document, keys: Collection[str], model: str, model_id: str) -> Document:
    """With another model for parts, to each of them one more step that undo takes back; the document itself
    where all have it already. Raises UsageError where there are too many edits."""

    def changed(part: Part) -> Part:
        if part.id not in keys or (part.model, part.model_id) == (model, model_id):
            return part
        return _with_model(part, model, model_id)

    lists = {name: [changed(part) for part in getattr(document, name)] for name in ("parts", "removed_parts")}
    same = all(part is before for part, before in zip(chain(*lists.values()), _all(document), strict=True))
    return document if same else document.model_copy(update=lists)


def moved(document: Document, key: str, steps: int) -> Document:
    """With the cursor of a part moved over its edits, as far as there are any: -1 undoes, 1 redoes.

    Where that changes its model, those that it is tied to go along.
    """
    part = live_part(document, key)
    cursor = min(max(min(part.cursor, len(part.edits)) + steps, 0), len(part.edits))
    if cursor == part.cursor:
        return document
    gone = _at(part, cursor)
    document = _put(document, gone)
    if (gone.model, gone.model_id) == (part.model, part.model_id):
        return document
    others = tied(document, key) - {key}
    lists = {
        name: [_along(each, gone) if each.id in others else each for each in getattr(document, name)]
        for name in ("parts", "removed_parts")
    }
    return document.model_copy(update=lists)


def _along(part: Part, other: Part) -> Part:
    """With the other's model: by undo or redo where that is the next step, else by one more step."""
    model, model_id = other.model, other.model_id
    if (part.model, part.model_id) == (model, model_id):
        return part
    for cursor in (part.cursor - 1, part.cursor + 1):
        there = _model_at(part, cursor) if 0 <= cursor <= len(part.edits) else {}
        if there and (there["model_id"] or there["model"]) == (model_id or model):
            return part.model_copy(update={"cursor": cursor, "model": model, "model_id": model_id})
    return _with_model(part, model, model_id)


def _at(part: Part, cursor: int) -> Part:
    """With the cursor at another place, and the model that it has there."""
    return part.model_copy(update={"cursor": cursor, **_model_at(part, cursor)})


def _model_at(part: Part, cursor: int) -> dict[str, str]:
    """The model that a part has at another place of its edits, as fields; none where it is the same."""
    first, last = sorted((part.cursor, cursor))
    crossed = [step for step in part.edits[first:last] if isinstance(step, NewModel)]
    if not crossed:
        return {}
    if cursor < part.cursor:
        return {"model": crossed[0].before, "model_id": crossed[0].before_id}
    return {"model": crossed[-1].model, "model_id": crossed[-1].model_id}


def removed(document: Document, key: str) -> Document:
    """Without a part, which is kept aside; another one is active then. Raises UsageError where there is no
    more room there."""
    part = live_part(document, key)
    if len(document.removed_parts) >= MOST_REMOVED:
        raise UsageError(
            f"{MOST_REMOVED} parts are kept aside, the most there may be; go on in a new session"
        )
    left = [each for each in document.parts if each.id != key]
    active = document.active if document.active != key else (left[-1].id if left else None)
    aside = [*document.removed_parts, part]
    return document.model_copy(update={"parts": left, "removed_parts": aside, "active": active})


def restored(document: Document, key: str) -> Document:
    """With a removed part back again, and active."""
    part = next((each for each in document.removed_parts if each.id == key), None)
    if part is None:
        live_part(document, key)  # there already, or nowhere
        return document
    aside = [each for each in document.removed_parts if each.id != key]
    return added(document.model_copy(update={"removed_parts": aside}), part)


def duplicated(document: Document, key: str) -> Document:
    """With a copy of a part, edits and all, last and active."""
    part = live_part(document, key)
    update = {"id": f"p{secrets.token_hex(6)}", "name": _free_name(document, part.name)}
    return added(document, part.model_copy(update=update))


def check_others(before: Document, after: Document) -> None:
    """Raise where a change makes a part impossible that was not: made of itself, or of another model's."""
    for part in after.parts:
        try:
            recipes.chain(after, part)
        except TimbrespaceError:
            if _is_possible(before, part.id):
                raise


def _is_possible(document: Document, key: str) -> bool:
    try:
        recipes.chain(document, live_part(document, key))
    except TimbrespaceError:
        return False
    return True


def words_of(edit: Step) -> str:
    """What an edit does, in a few words for people."""
    if isinstance(edit, Operator):
        value = "" if edit.value is None else f" {edit.value:g}"
        return f"{edit.name}{f' {edit.descriptor}' if edit.descriptor else ''}{value}"
    if isinstance(edit, SetTo):
        return f"set to {edit.value:g}"
    if isinstance(edit, NewModel):
        return f"model {edit.model}"
    if isinstance(edit, NewSource):
        return CHANGES[edit.source.kind]
    return {Draw: "draw", Erase: "erase", Reset: "reset"}[type(edit)]


def _with_model(part: Part, model: str, model_id: str) -> Part:
    step = NewModel(model=model, model_id=model_id, before=part.model, before_id=part.model_id)
    return _with_step(part, step).model_copy(update={"model": model, "model_id": model_id})


def _with_step(part: Part, step: Step) -> Part:
    edits = [*part.edits[: part.cursor], step]
    if len(edits) > MAX_EDITS:
        raise UsageError(f"'{part.name}' has {MAX_EDITS} edits; export its series and go on with that")
    return part.model_copy(update={"edits": edits, "cursor": len(edits)})


def _all(document: Document) -> list[Part]:
    return [*document.parts, *document.removed_parts]


def _put(document: Document, part: Part) -> Document:
    return document.model_copy(
        update={"parts": [part if each.id == part.id else each for each in document.parts]}
    )


def _free_name(document: Document, wanted: str) -> str:
    """The name, or with a number where another part has it."""
    taken = {part.name for part in document.parts}
    name, number = wanted[:LONGEST_NAME], 2
    while name in taken:
        name, number = f"{wanted[: LONGEST_NAME - 5]} {number}", number + 1
    return name
