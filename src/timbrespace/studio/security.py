"""Who may drive the studio: the browser that opened the address printed at the start, and no other page.

The server listens on the loopback address only. Every request must name this host (against DNS rebinding),
come from no other page (`Origin`), and carry the token: in the opened address, from where it goes into a
cookie, or in the header `X-Timbrespace-Token`.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.websockets import WebSocket

HOSTS = ("127.0.0.1", "localhost")
HTTP_PORT = 80
HEADER = "x-timbrespace-token"
POLICY_VIOLATION = 1008  # of a WebSocket
POLICY = (
    "default-src 'none'; script-src 'self' 'sha256-{importmap}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' blob: data:; font-src 'self'; media-src 'self' blob:; connect-src 'self' ws://{host}; "
    "worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Guard:
    """The rules for one server. port: its own."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def cookie(self) -> str:
        """Its name: cookies do not tell ports apart."""
        return f"timbrespace_{self.port}"

    @property
    def address(self) -> str:
        """What to open."""
        return f"http://{HOSTS[0]}:{self.port}/?token={self.token}"

    def is_token(self, given: str | None) -> bool:
        """Whether this is the token."""
        return given is not None and hmac.compare_digest(given.encode(), self.token.encode())

    def refusal(self, headers: Headers, *, origin_needed: bool = False) -> str | None:
        """Why a request is refused whatever its token, or None. origin_needed: of a WebSocket."""
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        foreign = next((host for host in hosts or [""] if host not in self._hosts()), None)
        if foreign is not None:
            return f"the host is '{foreign:.80}'; this studio is at {HOSTS[0]}:{self.port}"
        own = {f"http://{name}" for name in self._hosts()}
        foreign = next((origin for origin in origins if origin not in own), None)
        if foreign is not None:
            return f"the origin is '{foreign:.80}'; only the studio's own page may do this"
        site = headers.get("sec-fetch-site", "none")
        if not origins and (origin_needed or site not in ("none", "same-origin")):
            return "this request comes from another page"
        return None

    def admits(self, headers: Headers) -> bool:
        """Whether a request carries the token, in the header or the cookie.

        Cookies do not tell ports apart: other programs' come along, of any form, even of this name. One that
        is right is enough.
        """
        if HEADER in headers:
            return self.is_token(headers[HEADER])
        pairs = (pair.partition("=") for held in headers.getlist("cookie") for pair in held.split(";"))
        return any(name.strip() == self.cookie and self.is_token(value.strip()) for name, _, value in pairs)

    async def accept(self, socket: WebSocket) -> bool:
        """Open a WebSocket where the page may; close it where not. Whether it is open."""
        if self.refusal(socket.headers, origin_needed=True) or not self.admits(socket.headers):
            await socket.close(POLICY_VIOLATION)
            return False
        await socket.accept()
        return True

    def policy(self, importmap_digest: str) -> str:
        """The Content-Security-Policy of the page; the digest is that of its import map."""
        return POLICY.format(
            importmap=importmap_digest, host=f"{HOSTS[0]}:{self.port} ws://localhost:{self.port}"
        )

    def _hosts(self) -> set[str]:
        """How this server may be called; browsers leave out the port where it is HTTP's own."""
        named = {f"{name}:{self.port}" for name in HOSTS}
        return named | set(HOSTS) if self.port == HTTP_PORT else named
