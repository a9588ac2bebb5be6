"""The studio's interface given whatever its own description allows, and what it does not: nothing dies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from test_studio_app import BASE, PORT, with_sound

from timbrespace import engine
from timbrespace.studio import session as kept
from timbrespace.studio.app import create_app
from timbrespace.studio.security import Guard
from timbrespace.studio.studio import Studio

EXAMPLES = 12  # an operation
HEADERS = {"x-timbrespace-token": "the-token", "host": f"127.0.0.1:{PORT}"}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, tiny_models: dict[str, Path]) -> Iterator[Studio]:
    models = {kind: engine.load(path) for kind, path in tiny_models.items()}
    held = Studio(models, tmp_path_factory.mktemp("fuzzed") / "sessions")
    yield held
    held.close()


@pytest.fixture(scope="module")
def app(studio: Studio) -> Any:
    return create_app(studio, Guard(PORT, "the-token"))


@pytest.fixture(scope="module")
def known(studio: Studio, app: Any) -> dict[str, str]:
    """Ids that are there, by what a path calls them, so that what is behind them is reached too."""
    client = TestClient(app, base_url=BASE, headers=HEADERS)
    part = with_sound(client)
    session = client.get("/api/session").json()
    return {
        "parts": str(part["id"]),
        "sounds": session["sounds"][0]["id"],
        "sessions": session["id"],
        "models": "continuous",
    }


@pytest.fixture(scope="module")
def interface(app: Any, known: dict[str, str]) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", app, headers=HEADERS)


def test_whatever_comes_in_gets_an_answer(interface: Any, studio: Studio, known: dict[str, str]) -> None:
    operations = [found.ok() for found in interface.get_all_operations()]
    assert len(operations) > 30
    for operation in operations:
        kind = next((name for name in known if f"/api/{name}/" in operation.path), None)
        ask(operation, None if kind is None else known[kind])
        assert studio.session.flush(), operation.label
        assert kept.read(studio.session.folder) == studio.session.document, operation.label


def ask(operation: Any, key: str | None) -> None:
    """One operation with many requests; key: in the place of what its path asks for."""

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def every(case: Any) -> None:
        if key is not None and case.path_parameters:
            case.path_parameters = dict.fromkeys(case.path_parameters, key)
        answer = case.call(headers=HEADERS, timeout=30)
        case.validate_response(answer, checks=(not_a_server_error,))
        check_answer(answer)

    every()


def check_answer(answer: Any) -> None:
    """Errors are one line of JSON."""
    if answer.status_code >= 400:
        assert list(answer.json()) == ["error"]
        assert "\n" not in answer.json()["error"]
