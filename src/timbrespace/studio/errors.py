"""What goes wrong in the studio and is the page's to be told, beyond `timbrespace.errors`."""

from __future__ import annotations

from timbrespace.errors import TimbrespaceError


class Missing(TimbrespaceError):
    """There is no such thing: answered with 404."""
