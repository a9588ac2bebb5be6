"""What every part of the studio holds: the models, the open session, and those who work on it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from timbrespace.codebook import DescriptorTable
from timbrespace.engine import Engine
from timbrespace.errors import UsageError
from timbrespace.studio.bindings import bound, engine_of
from timbrespace.studio.described import Meanings
from timbrespace.studio.dials import Dials
from timbrespace.studio.document import Part
from timbrespace.studio.errors import Missing
from timbrespace.studio.evaluation import Evaluator
from timbrespace.studio.events import Events
from timbrespace.studio.library import Library
from timbrespace.studio.osc import Osc
from timbrespace.studio.rendering import Renders
from timbrespace.studio.session import Session
from timbrespace.studio.sessions import Sessions
from timbrespace.studio.stage import Stage
from timbrespace.studio.tables import Tables

MODELS = "models"  # folder beside the sessions: what was found out about models


class Studio:
    """models: by name, in order; they never change while it runs. root: where sessions are kept.

    dataset: a data set folder to pick sounds from, or None.
    """

    def __init__(self, models: Mapping[str, Engine], root: Path, dataset: Path | None = None) -> None:
        self.models = dict(models)
        self.events = Events()
        self.library = Library(dataset)
        self.sessions = Sessions(root, self.events)
        self.tables = Tables(self.models, self.library.dataset, self.found_out)
        self.session: Session = self._with_models(self.sessions.latest())
        self.evaluator = Evaluator(self)
        self.renders = Renders(self)
        self.dials = Dials(self.models, self.events)
        self.osc = Osc(self)
        self.stage = Stage()
        self.meanings = Meanings(self.found_out)
        self._lock = threading.RLock()

    def model(self, name: str) -> Engine:
        """The model of this name. Raises Missing."""
        if name not in self.models:
            raise Missing(f"the model '{name:.80}' is not open here; start the studio with it")
        return self.models[name]

    def engine_of(self, part: Part) -> Engine:
        """The model that a part was made with. Raises Missing where it is not open."""
        return engine_of(part, self.models)

    def table(self, name: str) -> DescriptorTable:
        """The described sounds of a model. Raises Missing, and UsageError where it has none, or none yet."""
        self.model(name)
        return self.tables.of(name)

    def described(self, name: str) -> DescriptorTable | None:
        """The same; None where the model has none and none can be made."""
        try:
            return self.table(name)
        except UsageError:
            return None

    def prepare(self) -> None:
        """Have the models ready before they are to play, that of the active part first; then find out what
        is not known of them."""
        document = self.session.document
        part = None if document.active is None else document.part(document.active)
        first = "" if part is None else part.model
        names = sorted(self.models, key=lambda name: name != first)
        self.stage.prepare([self.models[name] for name in names], lambda: self.meanings.find_out(self))

    def enter(self, session: Session) -> None:
        """Go over to another session; the one that was open is kept and closed."""
        self._with_models(session)
        with self._lock:
            before, self.session = self.session, session
        self.renders.forget()
        before.close()
        self.events.send({"type": "session", "id": session.document.id})

    @property
    def found_out(self) -> Path:
        """The folder of what was found out about models, once and for all sessions."""
        return self.sessions.root / MODELS

    def close(self) -> None:
        """Keep everything and stop working."""
        self.session.close()
        self.osc.close()
        self.dials.close()
        self.renders.close()

    def _with_models(self, session: Session) -> Session:
        """The session, its parts under the names that their models have here."""
        session.change(lambda document: bound(document, self.models))
        return session
