"""The studio's web application: who is let in, what answers where, and how errors are told."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from timbrespace import __version__
from timbrespace.errors import TimbrespaceError, UsageError
from timbrespace.studio import api_codes, api_live, api_parts, api_sessions, api_sounds, api_state, socket
from timbrespace.studio.errors import Missing
from timbrespace.studio.limits import BodyLimit, EndUnread
from timbrespace.studio.security import Guard
from timbrespace.studio.studio import Studio

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
IMPORT_MAP = re.compile(rb'<script type="importmap">(.*?)</script>', re.DOTALL)
Next = Callable[[Request], Awaitable[Response]]
READING = ("GET", "HEAD")
KEPT_SECONDS = 0.25  # nobody is to wait longer; what a crash can lose then is the last change


def create_app(studio: Studio, guard: Guard) -> FastAPI:
    """Everything that the server answers."""
    app = FastAPI(title="timbrespace studio", version=__version__, docs_url=None, redoc_url=None)
    for part in (api_state, api_sessions, api_sounds, api_parts, api_codes, api_live):
        app.include_router(part.router(studio))
    app.include_router(socket.router(studio, guard))
    app.add_exception_handler(TimbrespaceError, _told)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(OSError, _unkept)
    app.add_exception_handler(Exception, _failed)
    _add_page(app, guard)
    app.add_middleware(BodyLimit)
    app.middleware("http")(_doorkeeper(studio, guard))
    app.add_middleware(EndUnread)
    return app


def _add_page(app: FastAPI, guard: Guard) -> None:
    @app.get("/", include_in_schema=False)
    def page(token: str | None = None) -> Response:
        if token is not None:
            answer: Response = RedirectResponse("/", status_code=303)
            answer.set_cookie(guard.cookie, guard.token, httponly=True, samesite="strict")
            return answer
        text = (STATIC / "index.html").read_bytes()
        found = IMPORT_MAP.search(text)
        digest = base64.b64encode(hashlib.sha256(found[1] if found else b"").digest()).decode()
        return HTMLResponse(text, headers={"content-security-policy": guard.policy(digest)})

    app.mount("/static", StaticFiles(directory=STATIC), name="static")


def _doorkeeper(studio: Studio, guard: Guard) -> Callable[[Request, Next], Awaitable[Response]]:
    """Lets in who may; everything that is answered is kept, and may not be framed, guessed at or cached."""

    async def check(request: Request, proceed: Next) -> Response:
        refusal = guard.refusal(request.headers)
        if refusal is not None:
            return _error(403, refusal)
        asks = request.url.path == "/" and "token" in request.query_params
        held = guard.is_token(request.query_params["token"]) if asks else guard.admits(request.headers)
        if not held:
            remedy = "open the address that `timbrespace studio` printed"
            return _error(401, f"this studio does not know you; {remedy}")
        answer = await proceed(request)
        await _keep(studio, request.method)
        answer.headers["x-content-type-options"] = "nosniff"
        answer.headers["referrer-policy"] = "no-referrer"
        answer.headers["cross-origin-resource-policy"] = "same-origin"
        answer.headers.setdefault("cache-control", "no-cache")
        return answer

    return check


async def _keep(studio: Studio, method: str) -> None:
    """Wait until what a request changed is on the disk, but not for a disk that takes long."""
    if method not in READING and not studio.session.kept:
        await run_in_threadpool(studio.session.flush, KEPT_SECONDS)


def _error(status: int, message: str) -> JSONResponse:
    told = " ".join(message.split()).encode("utf-8", "replace").decode()  # file names need not be text
    return JSONResponse({"error": told}, status_code=status)


def _told(_: Request, error: Exception) -> Response:
    kinds = ((Missing, 404), (UsageError, 422))
    return _error(next((status for kind, status in kinds if isinstance(error, kind)), 400), str(error))


def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()[0]
    place = ".".join(str(part) for part in found["loc"])
    return _error(422, f"{place}: {found['msg']}")


def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = _error(error.status_code, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def _unkept(request: Request, error: Exception) -> Response:
    """The disk is full, a folder is gone or may not be written: told; what is asked next is tried again."""
    assert isinstance(error, OSError)
    log.warning("%s %s: %s", request.method, request.url.path, error)
    named = f"{Path(str(error.filename)).name}: " if error.filename else ""
    return _error(507, f"{named}cannot be read or kept on this computer: {error.strerror or error}")


def _failed(request: Request, error: Exception) -> Response:
    log.error("%s %s: %s: %s", request.method, request.url.path, type(error).__name__, error, exc_info=error)
    return _error(500, f"unexpected {type(error).__name__}: {error}; nothing was changed by it")
