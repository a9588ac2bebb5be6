"""A command that knows in which order its options were written, different ones among each other too."""

from __future__ import annotations

from collections import Counter
from typing import Any

import typer
from typer.core import TyperCommand

_WORDS = "timbrespace.words"


class OrderedCommand(TyperCommand):
    """Keeps every option and argument as it came, beside what the command's function gets by name."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse as ever; the parser's own order of occurrences goes along in the context."""
        values, _, order = self.make_parser(ctx).parse_args(args=list(args))
        taken: Counter[str] = Counter()
        words = []
        for name in (parameter.name or "" for parameter in order):
            value = values[name]
            words.append((name, value[taken[name]] if isinstance(value, list) else value))
            taken[name] += 1
        ctx.meta[_WORDS] = words
        return super().parse_args(ctx, args)


def written(context: typer.Context) -> list[tuple[str, str]]:
    """The command line in the order written: option and word, "" for an option that takes none."""
    words = context.meta[_WORDS]
    return [(name.replace("_", "-"), word if isinstance(word, str) else "") for name, word in words]
