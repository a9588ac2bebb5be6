"""The format of `.maxpat` files as a JSON schema, and as much of a validator as it needs.

Written from files that Max 8 saved: what every one of them has is required, what our patches add is known,
and nothing else may stand there.
"""

from __future__ import annotations

import re
from typing import Any

NUMBER = {"type": "number"}
FLAG = {"type": "integer", "enum": [0, 1]}
TEXT = {"type": "string"}
RECT = {"type": "array", "items": NUMBER, "length": 4}
END = {"type": "array", "length": 2}
BOX = {
    "type": "object",
    "required": ["id", "maxclass", "numinlets", "numoutlets", "patching_rect"],
    "properties": {
        "id": {"type": "string", "pattern": r"[\w-]+"},
        "maxclass": {"type": "string", "pattern": r"[\w.~]+"},
        "numinlets": {"type": "integer"},
        "numoutlets": {"type": "integer"},
        "outlettype": {
            "type": "array",
            "items": {"type": "string", "enum": ["", "signal", "bang", "int", "float", "list", "tapconnect"]},
        },
        "patching_rect": RECT,
        "text": TEXT,
        "patcher": {"$ref": "patcher"},
        "comment": TEXT,
        "index": {"type": "integer"},
        "fontsize": NUMBER,
        "fontface": {"type": "integer"},
        "fontname": TEXT,
        "format": {"type": "integer"},
        "parameter_enable": FLAG,
        "floatoutput": FLAG,
        "orientation": FLAG,
        "min": NUMBER,
        "size": NUMBER,
        "contdata": FLAG,
        "setminmax": {"type": "array", "items": NUMBER, "length": 2},
        "setstyle": {"type": "integer"},
        "code": TEXT,
        "presentation": FLAG,
        "presentation_rect": RECT,
        "saved_attribute_attributes": {"type": "object"},
        "varname": TEXT,
        "name": TEXT,
        "args": {"type": "array"},
        "offset": {"type": "array", "items": NUMBER, "length": 2},
        **dict.fromkeys(
            (
                "bgmode",
                "border",
                "clickthrough",
                "embed",
                "enablehscroll",
                "enablevscroll",
                "lockeddragscroll",
                "viewvisibility",
            ),
            FLAG,
        ),
    },
}
PATCHER = {
    "type": "object",
    "required": ["fileversion", "appversion", "classnamespace", "rect", "boxes", "lines"],
    "properties": {
        "fileversion": {"type": "integer", "enum": [1]},
        "appversion": {
            "type": "object",
            "required": ["major", "minor", "revision", "architecture", "modernui"],
            "properties": {
                "major": {"type": "integer", "enum": [8]},
                "minor": {"type": "integer"},
                "revision": {"type": "integer"},
                "architecture": {"type": "string", "enum": ["x64"]},
                "modernui": FLAG,
            },
        },
        "classnamespace": {"type": "string", "enum": ["box", "dsp.gen"]},
        "rect": RECT,
        **dict.fromkeys(
            (
                "bglocked",
                "openinpresentation",
                "gridonopen",
                "gridsnaponopen",
                "objectsnaponopen",
                "toolbarvisible",
                "enablehscroll",
                "enablevscroll",
                "autosave",
            ),
            FLAG,
        ),
        **dict.fromkeys(("description", "digest", "tags", "style", "subpatcher_template"), TEXT),
        "default_fontsize": NUMBER,
        "default_fontface": {"type": "integer"},
        "default_fontname": TEXT,
        "gridsize": {"type": "array", "items": NUMBER, "length": 2},
        "statusbarvisible": {"type": "integer"},
        "boxanimatetime": {"type": "integer"},
        "devicewidth": NUMBER,
        "latency": {"type": "integer"},
        "project": {"type": "object"},
        "dependency_cache": {"type": "array"},
        "boxes": {
            "type": "array",
            "items": {"type": "object", "required": ["box"], "properties": {"box": BOX}},
        },
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["patchline"],
                "properties": {
                    "patchline": {
                        "type": "object",
                        "required": ["source", "destination"],
                        "properties": {"source": END, "destination": END},
                    }
                },
            },
        },
    },
}
FILE = {"type": "object", "required": ["patcher"], "properties": {"patcher": PATCHER}}
KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, float)
}  # fmt: skip


def check(value: Any, schema: dict[str, Any], place: str = "file") -> None:
    """Fail with the place where a value is not as the schema has it."""
    if schema.get("$ref") == "patcher":
        schema = PATCHER
    if "type" in schema:
        wrong = not isinstance(value, KINDS[schema["type"]]) or isinstance(value, bool)
        assert not wrong, f"{place}: {value!r:.60} is no {schema['type']}"
    assert value in schema.get("enum", [value]), f"{place}: {value!r} is none of {schema.get('enum')}"
    if "pattern" in schema:
        assert re.fullmatch(schema["pattern"], value), f"{place}: {value!r}"
    if "length" in schema:
        assert len(value) == schema["length"], f"{place}: {len(value)} values"
    for name in schema.get("required", []):
        assert name in value, f"{place} has no {name}"
    if "properties" in schema:
        for name, inner in value.items():
            assert name in schema["properties"], f"{place}: {name} is not known"
            check(inner, schema["properties"][name], f"{place}.{name}")
    for number, item in enumerate(value if "items" in schema else []):
        check(item, schema["items"], f"{place}[{number}]")
