"""A document in JSON, quickly: what was put into words once is not put into words again.

A session may hold thousands of drawn curves, and is written after every change, while sound is made beside
it; edits never change, so each is kept as text from the first time on.
"""

from __future__ import annotations

import json
from typing import Any

from timbrespace.studio.document import Document, Part, Sound, Step


class Wording:
    """Remembers the text of the edits of the last document."""

    def __init__(self) -> None:
        self._known: dict[
            int, tuple[Any, bytes]
        ] = {}  # by identity; the edit is held so that its id stays its own

    def of(self, document: Document) -> bytes:
        """The document's JSON, as `Document.model_validate_json` takes it."""
        used: dict[int, tuple[Any, bytes]] = {}
        parts = {
            name: b"[" + b",".join(self._part(part, used) for part in getattr(document, name)) + b"]"
            for name in ("parts", "removed_parts")
        }
        self._known = used
        rest = document.model_dump_json(exclude=set(parts)).encode()
        return _with_fields(rest, parts)

    def _part(self, part: Part, used: dict[int, tuple[Any, bytes]]) -> bytes:
        edits = b"[" + b",".join(self._edit(edit, used) for edit in part.edits) + b"]"
        return _with_fields(part.model_dump_json(exclude={"edits"}).encode(), {"edits": edits})

    def _edit(self, edit: Step, used: dict[int, tuple[Any, bytes]]) -> bytes:
        known = self._known.get(id(edit)) or (edit, edit.model_dump_json().encode())
        used[id(edit)] = known
        return known[1]


def document_view(document: Document) -> dict[str, Any]:
    """A document as the page sees it: every part as `part_view` has it."""
    shown = document.model_dump(mode="json", exclude={"parts", "removed_parts"})
    for name in ("parts", "removed_parts"):
        shown[name] = [part_view(part) for part in getattr(document, name)]
    return shown


def changes_view(document: Document, before: Document) -> dict[str, Any]:
    """The same, with nothing but the id of every sound and part that is as it was in `before`."""
    lists = ("sounds", "removed_sounds", "parts", "removed_parts")
    known = {each.id: each for name in lists for each in getattr(before, name)}
    shown = document.model_dump(mode="json", exclude=set(lists))
    for name in lists:
        every: list[Part | Sound] = getattr(document, name)
        shown[name] = [each.id if known.get(each.id) is each else _view(each) for each in every]
    return shown


def _view(each: Part | Sound) -> dict[str, Any]:
    return part_view(each) if isinstance(each, Part) else each.model_dump(mode="json")


def part_view(part: Part) -> dict[str, Any]:
    """A part without what its edits hold: their number, and the source as it is now."""
    shown = part.model_dump(mode="json", exclude={"edits", "source"})
    return {**shown, "source": part.current_source.model_dump(mode="json"), "edits": len(part.edits)}


def _with_fields(text: bytes, fields: dict[str, bytes]) -> bytes:
    """The JSON object `text` with more fields, each given as JSON."""
    added = b",".join(json.dumps(name).encode() + b":" + value for name, value in fields.items())
    return text[:-1] + b"," + added + b"}"
