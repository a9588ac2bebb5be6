"""Who hears how much of a long piece of work is done."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[float], None]  # hears the share that is done, 0 to 1


def tell(listener: Tell | None, share: float) -> None:
    """Tell who listens, if anybody does; never more than all."""
    if listener is not None:
        listener(min(share, 1.0))


def parts_of(listener: Tell | None, count: int) -> list[Tell]:
    """One listener for each of `count` equal parts of the work."""
    return [lambda share, part=part: tell(listener, (part + share) / count) for part in range(count)]  # type: ignore[misc]
