"""Expressions of Pure Data in Max: `expr` with small changes, `expr~` as a `gen~` that holds its code.

The grammar is the part that our patches use: numbers, variables, operators, calls. `if(a, b, c)` is a choice
in gen, and a sum of products in `expr`, which has no choice: there both branches must be finite.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from timbrespace.patches.max_file import Line, MaxBox, MaxPatcher

TOKEN = re.compile(
    r"\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)|(\$[fiv]\d+)|([a-z_]\w*)|(\|\||&&|[<>=!]=|[-+*/%<>(),]))"
)
BINDING = ({"||"}, {"&&"}, {"==", "!="}, {"<", "<=", ">", ">="}, {"+", "-"}, {"*", "/", "%"})  # loosest first
GEN_NAMES = {"rint": "round", "int": "trunc", "fmod": "mod", "abs": "abs"}
EXPR_NAMES = {"rint": "round", "int": "int"}
SAME_NAMES = frozenset(("min", "max", "exp", "log", "pow", "sqrt", "sin", "cos", "tanh"))
GEN_RECT = (100.0, 100.0)  # size of the code's box beyond its text, pixels


@dataclass(frozen=True)
class Node:
    """A number, a variable, an operator (`-` with one part is a sign) or a call with its parts."""

    kind: str
    text: str
    parts: tuple[Node, ...] = ()


def parse(text: str) -> Node:
    """The tree of an expression. Raises ValueError where it is not of the grammar."""
    tokens = list(_tokens(text))
    node, rest = _operation(tokens, 0)
    if rest:
        raise ValueError(f"'{text}': cannot go on at '{rest[0][1]}'")
    return node


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while text[place:].strip():
        match = TOKEN.match(text, place)
        if match is None:
            raise ValueError(f"'{text}': cannot read '{text[place:]}'")
        kind = ("number", "variable", "name", "sign")[(match.lastindex or 1) - 1]
        yield kind, match.group(match.lastindex or 1)
        place = match.end()


Tokens = list[tuple[str, str]]


def _operation(tokens: Tokens, level: int) -> tuple[Node, Tokens]:
    if level == len(BINDING):
        return _term(tokens)
    left, tokens = _operation(tokens, level + 1)
    while tokens and tokens[0][1] in BINDING[level]:
        right, rest = _operation(tokens[1:], level + 1)
        left, tokens = Node("operator", tokens[0][1], (left, right)), rest
    return left, tokens


def _term(tokens: Tokens) -> tuple[Node, Tokens]:
    if not tokens:
        raise ValueError("an expression ends too early")
    (kind, text), rest = tokens[0], tokens[1:]
    if kind in ("number", "variable"):
        return Node(kind, text), rest
    if text == "-":
        inner, rest = _term(rest)
        return Node("operator", "-", (inner,)), rest
    if text == "(":
        inner, rest = _operation(rest, 0)
        return inner, _expect(rest, ")")
    if kind == "name" and rest and rest[0][1] == "(":
        parts = []
        while rest[0][1] != ")":
            part, rest = _operation(rest[1:], 0)
            parts.append(part)
            if not rest or rest[0][1] not in ",)":
                raise ValueError(f"the call of {text} does not end")
        return Node("call", text, tuple(parts)), rest[1:]
    raise ValueError(f"an expression cannot have '{text}' there")


def _expect(tokens: Tokens, text: str) -> Tokens:
    if not tokens or tokens[0][1] != text:
        raise ValueError(f"an expression lacks '{text}'")
    return tokens[1:]


def written(node: Node, gen: bool) -> str:
    """The text of a tree, every operation in brackets: GenExpr (gen) or for Max's `expr`."""
    parts = [written(part, gen) for part in node.parts]
    if node.kind == "number":
        return f"{float(node.text):.9f}".rstrip("0")
    if node.kind == "variable":
        return f"in{node.text[2:]}" if gen else f"$f{node.text[2:]}"
    if node.text == "%" and not gen:
        a, b = parts
        return f"({a} - {b} * int({a} / {b}))"
    if node.kind == "operator":
        return f"({f' {node.text} '.join(parts)})" if len(parts) == 2 else f"({node.text}{parts[0]})"
    if node.text == "if":
        condition, yes, no = parts
        if gen:
            return f"({condition} ? {yes} : {no})"
        return f"(({condition} != 0.) * {yes} + ({condition} == 0.) * {no})"
    names = GEN_NAMES if gen else EXPR_NAMES
    if node.text not in SAME_NAMES and node.text not in names:
        raise ValueError(f"the function {node.text} has no equal in Max")
    return f"{names.get(node.text, node.text)}({', '.join(parts)})"


def variables(node: Node) -> int:
    """The highest number of a variable."""
    own = int(node.text[2:]) if node.kind == "variable" else 0
    return max((own, *(variables(part) for part in node.parts)))


def max_expression(text: str) -> str:
    """An `expr` of Pure Data for Max's, in whose boxes a comma that ends no message has a mark before it."""
    return _bare(written(parse(text), gen=False)).replace(",", "\\,")


def gen_patcher(text: str) -> tuple[MaxPatcher, int, int]:
    """An `expr~` (expressions between semicolons) as the inside of a `gen~`; its inlets and outlets."""
    trees = [parse(part) for part in text.replace("\\", "").split(";")]
    inlets, outlets = max(1, *(variables(tree) for tree in trees)), len(trees)
    code = "".join(
        f"out{number} = {_bare(written(tree, gen=True))};\r\n" for number, tree in enumerate(trees, 1)
    )
    boxes = [
        MaxBox(f"in-{n}", "newobj", f"in {n}", 0, ("",), (50.0 * n, 15.0, 35.0, 22.0))
        for n in range(1, inlets + 1)
    ]
    settings = {"code": code, "fontface": 0, "fontname": "<Monospaced>", "fontsize": 12.0}
    size = (GEN_RECT[0] + 7 * len(code), GEN_RECT[1])
    boxes.append(MaxBox("code", "codebox", "", inlets, ("",) * outlets, (50.0, 60.0, *size), settings))
    boxes += [
        MaxBox(f"out-{n}", "newobj", f"out {n}", 1, (), (50.0 * n, 190.0, 35.0, 22.0))
        for n in range(1, outlets + 1)
    ]
    lines = [Line(f"in-{n}", 0, "code", n - 1) for n in range(1, inlets + 1)]
    lines += [Line("code", n - 1, f"out-{n}", 0) for n in range(1, outlets + 1)]
    return MaxPatcher(boxes, lines, settings={"classnamespace": "dsp.gen"}), inlets, outlets


def _bare(text: str) -> str:
    """Without the brackets around the whole."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return text[1:-1] if place == len(text) - 1 and text.startswith("(") else text
    return text
