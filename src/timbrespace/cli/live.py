"""`timbrespace live`: from a microphone or a file through models to loudspeakers or a file, as it sounds."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from timbrespace.cli.common import Force, Json, Progress, Quiet, say
from timbrespace.cli.live_display import Display, report, show_devices
from timbrespace.cli.live_setup import Ends, Opened, Place, check_ends, load_models, sort_files
from timbrespace.errors import UsageError

if TYPE_CHECKING:
    from timbrespace.live.controls import Settings
    from timbrespace.live.inbox import Address
    from timbrespace.live.meter import Summary
    from timbrespace.live.osc import OscPort
    from timbrespace.live.player import Player
    from timbrespace.live.voice import Loaded


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(live)


def live(
    files_named: Annotated[
        list[Path] | None,
        typer.Argument(metavar="MODEL...", help="Models; the first plays, OSC changes to the others."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--input",
            metavar="NAME|N|FILE",
            help="A device's name or number, or a sound; the default device.",
        ),
    ] = None,
    sink: Annotated[
        str | None, typer.Option("--output", metavar="NAME|N|FILE", help="Likewise; a file is recorded.")
    ] = None,
    devices: Annotated[bool, typer.Option("--devices", help="List the sound devices and stop.")] = False,
    block: Annotated[int | None, typer.Option(help="Samples at a time; the first model's hop.")] = None,
    rate: Annotated[int | None, typer.Option(help="Sample rate in Hz; the device's, or the file's.")] = None,
    channel: Annotated[
        str | None, typer.Option(help="Of the input: left, right, a number from 1; mix for files.")
    ] = None,
    spare: Annotated[
        int, typer.Option(help="Blocks of time that the model may take; more is safer, and later.")
    ] = 1,
    real_time: Annotated[
        bool, typer.Option("--real-time", help="From file to file at the pace of the clock.")
    ] = False,
    plane: Annotated[
        bool, typer.Option("--plane", help="The sounds named after it, four or more, are points of a plane.")
    ] = False,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="A control's start, as in z/3/bias=0.5; repeatable."
        ),
    ] = None,
    osc_in: Annotated[
        str | None, typer.Option(metavar="PORT", help="Take OSC here: PORT, of this computer, or HOST:PORT.")
    ] = None,
    osc_out: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Send latents and loudness there.")
    ] = None,
    osc_rate: Annotated[
        float | None, typer.Option(help="Frames a second to send at the most; all if not given.")
    ] = None,
    as_json: Json = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Play models live, with controls by OSC, until Ctrl-C or the end of the input.

    One channel. The sound fades out and devices are closed; a file recorded so far is kept, whole.
    """
    from timbrespace.audio import parse_channel

    if devices:
        show_devices(as_json)
        return
    models, sounds = sort_files(files_named or [], plane)
    place = parse_channel(channel) if channel is not None else None
    ends = Ends(Place(source), Place(sink), block, rate, place, spare, real_time, force)
    osc = _osc_options(osc_in, osc_out, osc_rate)
    check_ends(ends)
    _check_output(ends, [*models, *sounds])
    found = ends.find_devices()
    loaded = load_models(models, sounds, quiet)
    chosen = _settings(loaded, bool(sounds), settings or [])
    stopping = threading.Event()
    with _stopped_by_signals(stopping):
        opened = ends.open(*found, block or loaded[0].engine.signal.hop)
        try:
            summary = _perform(loaded, chosen, opened, stopping, osc, quiet)
        finally:
            opened.close()
    report(summary, opened.source.remark, as_json, quiet)


@dataclass(frozen=True)
class OscOptions:
    """Where OSC is heard and sent to, None for neither, and how often at the most."""

    hear: Address | None
    send_to: Address | None
    rate_hz: float | None


def _perform(
    loaded: Sequence[Loaded],
    settings: Settings,
    opened: Opened,
    stopping: threading.Event,
    osc: OscOptions,
    quiet: bool,
) -> Summary:
    """Play until the end, with the meter on the screen."""
    from timbrespace.live.devices import FileSource, Paced
    from timbrespace.live.lines import OffsetRemover
    from timbrespace.live.meter import Meter
    from timbrespace.live.session import Session

    player = _player(loaded, settings, opened, quiet)
    meter = Meter(opened.block, opened.sample_rate)
    offset = None if isinstance(opened.source, (FileSource, Paced)) else OffsetRemover(opened.sample_rate)
    session = Session(opened.source, opened.sink, player, meter, stopping, offset)
    with Display(quiet=quiet) as display, _osc_port(osc, settings, player, loaded, display.note) as port:
        say(_beginning(loaded, player, opened, port), quiet=quiet)
        session.start()
        while not session.wait(display.pause_seconds):
            counts = (port.received, port.sent) if port is not None else (0, 0)
            display.show(meter.read(loaded[player.model].name, session.dropouts, *counts))
        session.join()
    return meter.summary(
        dropouts=session.dropouts,
        clipped=opened.sink.clipped,
        latency_samples=player.latency_samples,
        device_latency_seconds=opened.sink.latency_seconds,
        osc_received=port.received if port is not None else 0,
        osc_refused=port.refused if port is not None else 0,
        osc_sent=port.sent if port is not None else 0,
    )


def _player(loaded: Sequence[Loaded], settings: Settings, opened: Opened, quiet: bool) -> Player:
    """The models as one, with progress."""
    from timbrespace.live.player import Player

    with Progress("preparing", len(loaded), quiet=quiet) as progress:
        return Player(
            loaded,
            settings,
            opened.sample_rate,
            opened.block,
            recorded=opened.device,  # quicker to play and slower to open
            progress=progress.update,
        )


@contextmanager
def _osc_port(
    osc: OscOptions,
    settings: Settings,
    player: Player,
    loaded: Sequence[Loaded],
    tell: Callable[[str], None],
) -> Iterator[OscPort | None]:
    """The port, while a performance lasts; None where OSC is not asked for."""
    if osc.hear is None and osc.send_to is None:
        yield None
        return
    from timbrespace.live.messages import Interpreter
    from timbrespace.live.osc import OscPort

    interpreter = Interpreter(settings, player, loaded)
    port = OscPort(interpreter, hear=osc.hear, send_to=osc.send_to, rate_hz=osc.rate_hz, note=tell)
    player.listen(port.hear_frame)
    try:
        yield port
    finally:
        port.close()


@contextmanager
def _stopped_by_signals(stopping: threading.Event) -> Iterator[None]:
    """Ctrl-C, SIGTERM or a closed terminal sets `stopping`; a second Ctrl-C interrupts at once."""

    def stop(number: int, frame: object) -> None:
        if stopping.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stopping.set()

    wanted = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    ours = threading.current_thread() is threading.main_thread()
    before = {number: signal.signal(number, stop) for number in wanted} if ours else {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _beginning(loaded: Sequence[Loaded], player: Player, opened: Opened, port: OscPort | None) -> str:
    """One line: what plays, how, and how late."""
    rate = opened.sample_rate
    names = ", ".join(model.name for model in loaded)
    own = opened.sink.latency_seconds
    ms = 1000 * (player.latency_samples / rate + own)
    late = f"{player.latency_samples} samples{' and the device' if own else ''}"
    heard = f"; OSC at port {port.port}" if port is not None and port.hearing else ""
    return f"{names}: {rate} Hz in blocks of {opened.block}, {ms:.0f} ms late ({late}){heard}; Ctrl-C ends it"


def _settings(loaded: Sequence[Loaded], plane: bool, words: Sequence[str]) -> Settings:
    """Every control where it begins."""
    from timbrespace.live.controls import Settings, parse_setting
    from timbrespace.live.voice import widest_reach

    settings = Settings(widest_reach(loaded), plane=plane)
    for word in words:
        name, values = parse_setting(word)
        try:
            settings.set(name, values, strict=True)
        except UsageError as error:
            raise UsageError(f"--set: {error}") from None
    settings.keep_as_start()
    return settings


def _osc_options(hear: str | None, send_to: str | None, rate_hz: float | None) -> OscOptions:
    from timbrespace.live.osc import parse_address, require_osc, resolve

    if hear is not None or send_to is not None:
        require_osc()
    if rate_hz is not None and not 0.1 <= rate_hz <= 1000.0:
        raise UsageError(f"--osc-rate is {rate_hz:g}; it must be 0.1 to 1000 frames a second")
    if rate_hz is not None and send_to is None:
        raise UsageError("--osc-rate is for what --osc-out sends, and that is not given")
    places = {
        option: resolve(option, parse_address(option, text, local=option == "--osc-in"))
        for option, text in (("--osc-in", hear), ("--osc-out", send_to))
        if text is not None
    }
    return OscOptions(places.get("--osc-in"), places.get("--osc-out"), rate_hz)


def _check_output(ends: Ends, read: Sequence[Path]) -> None:
    """Refuse, before any work, an output file that must not be written."""
    from timbrespace import files
    from timbrespace.cli.encode_decode import check_sound_name

    if ends.sink.file is not None:
        check_sound_name(ends.sink.file)
        inputs = [*read, *([ends.source.file] if ends.source.file is not None else [])]
        files.check_output(ends.sink.file, inputs=inputs, force=ends.force)
