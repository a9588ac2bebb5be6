"""What OSC messages mean: addresses and arguments to moves of controls and wishes to the player, and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from timbrespace.errors import UsageError
from timbrespace.live.controls import COMMANDS, DIMENSION, Settings
from timbrespace.live.voice import Loaded

PREFIX = "/ts/"
Message = tuple[str, list[Any]]  # address, arguments


class Performer(Protocol):
    """Who plays, as far as messages are concerned; `live.player.Player` is one."""

    @property
    def model(self) -> int:
        """Number of the model that plays, or is about to."""

    @property
    def latency_samples(self) -> int:
        """From input to output."""

    def play_model(self, number: int) -> None:
        """Change to another model."""

    def reset(self) -> None:
        """Every control back to its start, and the model afresh."""


class Interpreter:
    """Acts on messages. Only models given at the start can be reached; no message names a file."""

    def __init__(self, settings: Settings, player: Performer, models: Sequence[Loaded]) -> None:
        self.settings, self.player, self.models = settings, player, models

    def act(self, address: str, arguments: Sequence[Any]) -> list[Message]:
        """Do what a message says; returns answers to it. Raises UsageError where it means nothing."""
        if not address.startswith(PREFIX):
            raise UsageError(f"{address:.60}: not for this program, whose addresses begin with {PREFIX}")
        name = address.removeprefix(PREFIX)
        if name not in COMMANDS:
            self.settings.set(name, arguments)
            return []
        if name == "model":
            self.player.play_model(self._model(arguments))
        elif name == "info":
            return list(self.info())
        elif not arguments or arguments[0]:  # a button sends 0 when it is let go
            self.player.reset()
        return []

    def info(self) -> Iterator[Message]:
        """Everything there is, as `ANSWERS` describes it."""
        playing = self.player.model
        for number, model in enumerate(self.models):
            signal, latents = model.engine.signal, model.engine.config.latents
            facts = [number, model.name, model.engine.kind, latents, signal.sample_rate, signal.hop]
            yield f"{PREFIX}info/model", [*facts, int(number == playing)]
        yield f"{PREFIX}info/latency", [self.player.latency_samples]
        for name, control, values in self.settings.listed():
            number_of = DIMENSION.fullmatch(name)
            if number_of and int(number_of[1]) >= len(self.models[playing].reach):
                continue
            low, high = self.settings.range_of(name)
            facts = [f"{PREFIX}{name}", float(low), float(high), control.unit]
            yield f"{PREFIX}info/control", [*facts, *map(float, values)]

    def _model(self, arguments: Sequence[Any]) -> int:
        """The number of the model that a name or a number means."""
        wanted = arguments[0] if len(arguments) == 1 else None
        for number, model in enumerate(self.models):
            if wanted == model.name or (wanted == number and not isinstance(wanted, (str, bool))):
                return number
        names = ", ".join(f"{number} {model.name}" for number, model in enumerate(self.models))
        raise UsageError(f"model: there is no {wanted!r:.60}; there are {names}")
