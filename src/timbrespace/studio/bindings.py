"""Which model plays a part: the one that it was made with, whatever name that has today.

A part remembers its model by name and by identity. A model that has another name by now is found again; where
it is not open, or its name is another's, the part stays as it is, is said to need it, and plays again as soon
as it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from timbrespace.studio.document import Document, Part
from timbrespace.studio.errors import Missing

if TYPE_CHECKING:
    from timbrespace.engine import Engine

SHOWN = 8  # letters of a model's identity: enough to tell two apart


def bound(document: Document, models: Mapping[str, Engine]) -> Document:
    """The document with every part under the name that its model has now; itself where nothing differs."""
    update = {}
    for name in ("parts", "removed_parts"):
        before = getattr(document, name)
        after = [_bound(part, models) for part in before]
        if any(one is not other for one, other in zip(before, after, strict=True)):
            update[name] = after
    return document.model_copy(update=update) if update else document


def engine_of(part: Part, models: Mapping[str, Engine]) -> Engine:
    """The model that a part was made with. Raises Missing where it is not open."""
    found = models.get(part.model)
    if found is None:
        raise Missing(
            f"'{part.name}' was made with the model '{part.model}', which is not open; start the studio with "
            "it, or choose another model for the part"
        )
    if part.model_id and part.model_id != found.model_id:
        raise Missing(
            f"'{part.name}' was made with another model of the name '{part.model}' "
            f"({part.model_id:.{SHOWN}}, this one is {found.model_id:.{SHOWN}}); start the studio with that "
            "one, or choose a model for the part anew"
        )
    return found


def _bound(part: Part, models: Mapping[str, Engine]) -> Part:
    held = models.get(part.model)
    if not part.model_id:  # of a session that did not know it yet
        return part if held is None else part.model_copy(update={"model_id": held.model_id})
    if held is not None and held.model_id == part.model_id:
        return part
    now = next((name for name, engine in models.items() if engine.model_id == part.model_id), None)
    return part if now is None else part.model_copy(update={"model": now})
