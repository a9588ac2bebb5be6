"""Building blocks of a web page that is one file: everything that is not markup already is escaped.

A page made of these needs no network, no script and no font but the reader's own; its policy forbids
them, so that a page from somebody else can do nothing but be read.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

POLICY = "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'"
VOID = ("meta", "img", "wbr")  # elements without content
DASH = "–"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Html(str):
    """Markup, ready to be written. Any other string is text and is escaped where it is put in."""


def escape(text: str) -> Html:
    """Text as markup; control characters and bytes that are no text show as what they are."""
    if isinstance(text, Html):
        return text
    printable = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return Html(html.escape(printable.encode("utf-8", "backslashreplace").decode("utf-8")))


def breakable(name: str) -> Html:
    """A long name may go on in the next line after each `_` and `/`."""
    return Html(re.sub("([_/])", r"\1<wbr>", escape(name)))


def join(parts: Iterable[str]) -> Html:
    """The parts one after the other, text among them escaped."""
    return Html("".join(escape(part) for part in parts))


def element(tag: str, *content: str, **attributes: str | float | bool | None) -> Html:
    """`<tag attributes>content</tag>`. True gives a bare attribute, None and False leave it out.

    `_` in names of attributes stands for `-`, one at the end for nothing (`class_`).
    """
    written = []
    for name, value in attributes.items():
        plain = name.rstrip("_").replace("_", "-")
        if value is True:
            written.append(f" {plain}")
        elif value is not None and value is not False:
            written.append(f' {plain}="{escape(str(value))}"')
    start = f"<{tag}{''.join(written)}>"
    return Html(start if tag in VOID else f"{start}{join(content)}</{tag}>")


@dataclass(frozen=True)
class Section:
    """A part of the page under a heading of its own; `identity` is what links lead to, once a page."""

    identity: str
    title: str
    content: Html

    @property
    def html(self) -> Html:
        """The whole section."""
        name = f"{self.identity}-title"
        heading = element("h2", self.title, id=name)
        return element("section", heading, self.content, id=self.identity, aria_labelledby=name)


def facts(pairs: Iterable[tuple[str, str]]) -> Html:
    """Names and what they are, side by side."""
    return element(
        "dl",
        *(element("div", element("dt", name), element("dd", value)) for name, value in pairs),
        class_="facts",
    )


def file_name(name: str) -> Html:
    """A file's name, which may be long and written from right to left."""
    return element("bdi", breakable(name), class_="file")


def number(value: float | None, decimals: int = 3) -> Html:
    """A number, rounded to look at, with its exact value for programs; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return element("span", DASH, class_="none")
    return element("data", f"{value:.{decimals}f}".replace("-", "−"), value=repr(float(value)))


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and whether numbers stand in it."""

    title: str
    numeric: bool = False


Rows = Sequence[Sequence[str]]


def table(
    caption: str, columns: Sequence[Column], groups: Mapping[str, Rows] | Rows, *, class_: str = ""
) -> Html:
    """Rows of cells, the first of each row its heading; groups of rows have a heading each.

    A table that is too wide for the page scrolls by itself.
    """
    if not isinstance(groups, Mapping):
        groups = {"": groups}
    heads = (element("th", breakable(one.title), scope="col", class_=_cell_class(one)) for one in columns)
    bodies = []
    for title, rows in groups.items():
        span = element("th", title, scope="rowgroup", colspan=len(columns))
        lines = [element("tr", span, class_="group")] if title else []
        lines += [element("tr", *_cells(columns, row)) for row in rows]
        bodies.append(element("tbody", *lines))
    whole = element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *heads)),
        *bodies,
        class_=class_ or None,
    )
    return element("div", whole, class_="scroll", role="region", tabindex=0, aria_label=caption)


def document(title: str, header: str, sections: Sequence[Section], footer: str) -> str:
    """The whole page, links to its sections at the top."""
    style = resources.files("timbrespace.report").joinpath("style.css").read_text(encoding="utf-8")
    links = (element("li", element("a", one.title, href=f"#{one.identity}")) for one in sections)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Html(style)),
    )
    page = element(
        "body",
        element("header", header),
        element("nav", element("ul", *links), aria_label="Contents"),
        element("main", *(one.html for one in sections)),
        element("footer", footer),
    )
    return f"<!doctype html>\n{element('html', head, page, lang='en')}\n"


def _cells(columns: Sequence[Column], row: Sequence[str]) -> Iterable[Html]:
    for place, (column, cell) in enumerate(zip(columns, row, strict=True)):
        scope = "row" if place == 0 else None
        yield element("td" if place else "th", cell, scope=scope, class_=_cell_class(column))


def _cell_class(column: Column) -> str | None:
    return "number" if column.numeric else None
