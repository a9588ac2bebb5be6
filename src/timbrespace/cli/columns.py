"""Tables of several columns on stdout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

TABLE_WIDTH = 108  # columns; narrower, the numbers would wrap where output goes to a file


def print_columns(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows of text under headings; the first column to the left, the others to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console = Console()
    Console(width=max(TABLE_WIDTH, console.width)).print(table)
