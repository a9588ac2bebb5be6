"""Expressions of patches, rewritten for Max, against what real Pure Data computes."""

from __future__ import annotations

import math
import random
import re
from pathlib import Path

import max_help
import pytest
from nn_standin.pd import run_patch

from timbrespace.patches import max_gen
from timbrespace.patches.graph import Patch
from timbrespace.patches.layout import make_set


@pytest.fixture(scope="module")
def library(tiny_models: dict[str, Path]) -> dict[str, Patch]:
    return dict(make_set(max_help.tiny_instrument(tiny_models["discrete"])).library)


def expressions(library: dict[str, Patch]) -> list[tuple[str, str]]:
    """Every expression of every patch: `expr` or `expr~`, and its text as Pure Data has it, for messages."""
    found = set()
    for box in (box for patch in library.values() for box in patch.boxes):
        name, _, text = box.text.partition(" ")
        if name in ("expr", "expr~"):
            found |= {(name, part.strip().replace("$v", "$f")) for part in text.split(";")}
    return sorted(found)


def test_expressions_give_in_max_what_they_give_in_pure_data(
    library: dict[str, Patch], tmp_path: Path
) -> None:
    """Real Pure Data computes; the text for Max's expr or for gen~ is computed by Python's rules."""
    texts = expressions(library)
    assert len(texts) > 20
    draw = random.Random(5)
    cases = [
        (name, text, [draw.choice((round(draw.uniform(0, 1), 6), draw.randint(1, 4))) for _ in range(8)])
        for name, text in texts
        for _ in range(6)
    ]
    found = _by_pure_data([(text, values) for _, text, values in cases], tmp_path)
    for (name, text, values), expected in zip(cases, found, strict=True):
        code = (
            max_gen.written(max_gen.parse(text), gen=True)
            if name == "expr~"
            else max_gen.max_expression(text)
        )
        assert _by_python(code, values) == pytest.approx(expected, rel=1e-4, abs=1e-5, nan_ok=True), (
            code,
            values,
        )


def _by_pure_data(cases: list[tuple[str, list[float]]], folder: Path) -> list[float]:
    lines = ["#N canvas 0 0 400 300 12;"]
    for text, values in cases:
        escaped = re.sub(r"([,;])", r" \\\1", text).replace("$", "\\$")
        numbers = " ".join(map(str, values))
        lines += [
            f"#X msg 9 9 {numbers};",
            f"#X obj 9 9 expr {escaped} + 0 * \\$f8;",
            "#X obj 9 9 print got;",
        ]
    boxes = 3 * len(cases)
    connects = [
        line
        for number in range(len(cases))
        for line in (
            f"#X connect {boxes} 0 {3 * number} 0;",
            f"#X connect {3 * number} 0 {3 * number + 1} 0;",
            f"#X connect {3 * number + 1} 0 {3 * number + 2} 0;",
        )
    ]
    lines += [
        "#X obj 9 9 loadbang;",
        r"#X msg 9 9 \; pd quit;",
        *connects,
        f"#X connect {boxes} 0 {boxes + 1} 0;",
    ]
    patch = folder / "expressions.pd"
    patch.write_text("\n".join(lines) + "\n")
    return [
        float(value) for value in re.findall(r"^got: (\S+)$", run_patch(patch, messages=()), re.MULTILINE)
    ]


def _by_python(code: str, values: list[float]) -> float:
    """The number that code of Max's expr or of gen gives."""
    text = (
        re.sub(r"(?:\$f|\bin)(\d)", r"v[\1]", code)
        .replace("\\,", ",")
        .replace("&&", " and ")
        .replace("||", " or ")
    )
    names = {"int": math.trunc, "trunc": math.trunc, "round": round, "abs": abs, "min": min, "max": max}
    names |= {name: getattr(math, name) for name in ("exp", "log", "sin", "cos", "tanh", "pow")}
    names["sqrt"] = lambda x: math.sqrt(x) if x >= 0 else math.nan
    return float(eval(_chosen(text), {"__builtins__": {}}, {**names, "v": [0.0, *values]}))


def _chosen(text: str) -> str:
    """`(a ? b : c)` as Python's choice."""
    match = re.fullmatch(r"\((.*) \? (.*) : (.*)\)", text)
    return f"({match[2]}) if ({match[1]}) else ({match[3]})" if match else text


def test_commas_of_a_call_are_marked_in_a_box() -> None:
    """A comma in the text of a box would begin another message."""
    assert max_gen.max_expression("max(0, min($f1, 1 - $f2))") == r"max(0.\, min($f1\, (1. - $f2)))"
    assert max_gen.written(max_gen.parse("max(0, $v1)"), gen=True) == "max(0., in1)"
