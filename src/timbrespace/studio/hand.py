"""Beside the sound, for one page: opens what is to be played, and evaluates what a hand is doing.

Of what comes faster than it can be done, the newest counts. What goes wrong is told, and nothing stops by it.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from timbrespace.errors import TimbrespaceError
from timbrespace.live.controls import Settings
from timbrespace.studio.document import Part
from timbrespace.studio.errors import Missing
from timbrespace.studio.messages import MoveRow, Play, Preview, SetWhat, What
from timbrespace.studio.opening import HeldRow, Opened, Rendered, Room, open_voice
from timbrespace.studio.player import Player, Tell
from timbrespace.studio.splicing import spliced
from timbrespace.studio.stage import going_on

if TYPE_CHECKING:
    from timbrespace.studio.studio import Studio

log = logging.getLogger(__name__)

LOOKING_SECONDS = 0.25  # between looks at whether a new result is there


class Hand:
    """A thread of its own until closed."""

    def __init__(self, studio: Studio, settings: Settings, player: Player, tell: Tell) -> None:
        self._room = Room(studio, settings)
        self._player, self._tell = player, tell
        self._news = threading.Condition()
        self._wanted: Play | SetWhat | None = None
        self._row: MoveRow | None = None
        self._preview: tuple[Preview, Part | None] | None = None  # and what its part was at the time
        self._changed = self._closing = False
        self._wishes = 0
        self._beginning: Play | None = None  # what is being opened
        self._told = ""
        self._opened: Opened | None = None
        self._what: What
        self._seen = studio.session.document
        player.look = self._look
        self._thread = threading.Thread(target=self._run, name="hand", daemon=False)
        self._thread.start()

    def open(self, wanted: Play | SetWhat) -> None:
        """Play this, as soon as it can be."""
        with self._news:
            self._wishes += 1
            begun = self._wanted if isinstance(self._wanted, Play) else self._beginning
            if isinstance(wanted, SetWhat) and begun is not None:  # it has not begun to sound yet
                gain_db = begun.gain_db if wanted.gain_db is None else wanted.gain_db
                wanted = begun.model_copy(update={"what": wanted.what, "gain_db": gain_db})
            self._wanted = wanted
            self._news.notify()

    def preview(self, preview: Preview) -> None:
        """Hear this from now on, until its part changes or the next one comes. Raises UsageError where its
        points fit no curve of the part."""
        part = self._room.studio.session.document.part(preview.part)
        if part is not None and preview.splice is not None:
            source = spliced(part, preview.splice)
            if source is None:  # it was changed meanwhile
                return
            preview = preview.model_copy(update={"source": source, "splice": None})
        with self._news:
            self._preview, self._changed = (preview, part), True
            self._news.notify()

    def row(self, message: MoveRow) -> None:
        """Hold another row."""
        with self._news:
            self._row = message
            self._news.notify()

    def forget(self) -> None:
        """What is being opened is not wanted any more."""
        with self._news:
            self._wishes += 1
            self._wanted = self._beginning = None

    def close(self) -> None:
        """Be gone soon."""
        with self._news:
            self._closing = True
            self._news.notify()

    def _look(self) -> None:
        """Between two blocks: has the document changed?"""
        document = self._room.studio.session.document
        if document is not self._seen:
            with self._news:
                self._seen, self._changed = document, True
                self._news.notify()

    def _run(self) -> None:
        while not self._closing and going_on():
            with self._news:
                self._news.wait_for(self._busy, LOOKING_SECONDS)
                wishes, wanted, row, preview = self._wishes, self._wanted, self._row, self._valid_preview()
                self._beginning = wanted if isinstance(wanted, Play) else None
                self._wanted = self._row = None
                changed, self._changed = self._changed, False
            try:
                if wanted is not None:
                    self._open(wanted, preview, wishes)
                if row is not None:
                    self._hold(row)
                if wanted is None and (changed or isinstance(self._opened, Rendered)):
                    self._renew(preview)
                self._told = ""
            except TimbrespaceError as error:
                self._complain(str(error))
            except Exception as error:
                log.exception("a page's wish failed")
                self._complain(f"unexpected {type(error).__name__}: {error}")

    def _complain(self, why: str) -> None:
        """Tell what went wrong; once, where every move of a hand goes wrong the same way."""
        if why != self._told:
            self._told = why
            self._tell({"type": "error", "error": why})

    def _valid_preview(self) -> Preview | None:
        """What the hand is doing, unless it was committed meanwhile."""
        if self._preview is None:
            return None
        preview, part = self._preview
        if self._room.studio.session.document.part(preview.part) is not part:
            self._preview = None
            return None
        return preview

    def _busy(self) -> bool:
        return self._changed or self._closing or self._wanted is not None or self._row is not None

    def _open(self, wanted: Play | SetWhat, preview: Preview | None, wishes: int) -> None:
        try:
            opened = open_voice(self._room, wanted.what, preview)
        except Exception:
            self._player.say()
            raise
        with self._news:
            if wishes != self._wishes:  # something else is wanted by now, or nothing
                return
            self._beginning = None
        self._put(opened, wanted)

    def _put(self, opened: Opened, wanted: Play | SetWhat) -> None:
        what = wanted.what.model_dump()
        if isinstance(wanted, Play):
            self._player.start(opened.voice, what, wanted.start, wanted.loop, wanted.gain_db)
        else:
            self._player.change(opened.voice, what, wanted.gain_db)
        self._opened, self._what = opened, wanted.what

    def _renew(self, preview: Preview | None) -> None:
        """Have what plays follow what has changed."""
        if self._opened is None or not self._player.busy:
            return
        try:
            if not self._opened.renew(preview):
                again = SetWhat(type="what", what=self._what)
                self._put(open_voice(self._room, self._what, preview), again)
        except Missing as error:
            self._player.stop(str(error))

    def _hold(self, message: MoveRow) -> None:
        """Another row in the place of the one that is held."""
        opened = self._opened
        if isinstance(opened, HeldRow):
            opened.hold(message)
