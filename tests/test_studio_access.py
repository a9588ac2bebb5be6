"""The page for everyone: axe-core finds nothing in any room; Tab goes round all of it, seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import open_browser
from javascript_help import MODULES
from playwright.sync_api import Page, expect
from studio_player_help import wait_until
from studio_rooms import tone, upload
from studio_server import SOUND_FLAGS, StudioServer, check_quiet, open_page, running

ROOMS = ["Editor", "Morph", "Plane", "Codes", "Live"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """rules => axe.run(document, { runOnly: rules, resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, impact, nodes }) => `${id}, ${impact}: ` +
    nodes.map((node) => `${node.target} (${node.failureSummary.split("\\n").slice(1).join(" ")})`)))"""

# Everything that Tab must reach: what has a role or tag of a control, is seen, and is not switched off. Of a
# group in which arrows move (radios, tabs, menus, lists) only the entry that has the focus is in the round.
CONTROLS = """() => [...document.querySelectorAll(
  "button, input, select, textarea, a[href], [role=slider], [role=application], [tabindex='0']")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled)
  .filter((each) => each.getAttribute("aria-disabled") !== "true" && each.tabIndex >= 0).length"""
UNREACHABLE = """() => [...document.querySelectorAll("button, input, select, [role=slider]")]
  .filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex < 0)
  .filter((each) => each.getAttribute("aria-disabled") !== "true")
  .filter((each) => !each.closest("[role=tablist], [role=radiogroup], [role=listbox], [role=menu]"))
  .map((each) => each.outerHTML.slice(0, 120))"""
FOCUSED = """() => {
  const each = document.activeElement;
  if (!each || each === document.body) return null;
  const style = getComputedStyle(each);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const seen = each.matches(":focus-visible") && (outlined || each.matches(".field, .renamed, .tray-edge"));
  const again = "visited" in each.dataset;
  each.dataset.visited = "";
  return { seen, again, html: each.outerHTML.slice(0, 120) };
}"""

PALETTE = 'import("/static/core/theme.js").then(({ palette }) => palette.value)'


@pytest.fixture(scope="module")
def server(tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    with running("--sessions", tmp_path_factory.mktemp("sessions"), *tiny_models.values()) as started:
        for name, hz in (("low", 110.0), ("high", 330.0)):
            upload(started, name, tone(hz, 1.0))
        sounds = [sound["id"] for sound in started.api.get("/api/session").json()["sounds"]]
        source = {"kind": "sound", "sound": sounds[0]}
        made = started.api.post("/api/parts", json={"model": "continuous", "source": source})
        started.api.patch("/api/session", json={"active": made.json()["part"]["id"]}).raise_for_status()
        yield started


@pytest.fixture(scope="module")
def page(server: StudioServer) -> Iterator[Page]:
    with open_browser(SOUND_FLAGS) as browser:
        page = open_page(browser, server)
        page.locator(".pane canvas").first.wait_for()
        yield page
        check_quiet(page)


def enter(page: Page, room: str) -> None:
    page.get_by_role("tab", name=room).click()
    expect(page.get_by_role("tab", name=room)).to_have_attribute("aria-selected", "true")
    page.wait_for_timeout(300)  # until what is drawn appears


def found_by_axe(page: Page) -> list[str]:
    """What axe-core finds, of any weight."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(AXE, {"type": "tag", "values": RULES})
    return found


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing_in_any_room(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = []
    for room in ROOMS:
        enter(page, room)
        found += [f"{room}: {each}" for each in found_by_axe(page)]
    for opener in ("Sessions", "Keys and help", "Pick from the examples", "Record from", "Save the result"):
        page.locator(f".button[data-tip^='{opener}']").click()
        page.wait_for_timeout(200)
        found += [f"{opener}: {each}" for each in found_by_axe(page)]
        page.keyboard.press("Escape")
    assert found == []


@pytest.mark.parametrize("room", ROOMS)
def test_tab_goes_round_every_control_and_shows_where_it_is(page: Page, room: str) -> None:
    enter(page, room)
    page.evaluate("document.activeElement.blur(); document.querySelectorAll('[data-visited]')"
                  ".forEach((each) => delete each.dataset.visited)")  # fmt: skip
    wanted, visited, unseen = page.evaluate(CONTROLS), 0, []
    for _ in range(2 * wanted):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at is None:  # past the last one; the first follows
            continue
        if at["again"]:
            break
        visited += 1
        unseen += [] if at["seen"] else [at["html"]]
    assert unseen == []
    assert page.evaluate(UNREACHABLE) == []
    assert visited >= wanted


def palette(page: Page, dark: bool) -> dict[str, Any]:
    """What canvases are drawn with, once the page has taken the scheme in."""
    wait_until(lambda: page.evaluate(PALETTE)["dark"] is dark)
    return dict(page.evaluate(PALETTE))


@pytest.mark.parametrize("asked", [{"reduced_motion": "reduce"}, {"forced_colors": "active"}], ids=list)
def test_what_is_drawn_and_what_is_chosen_is_seen_whatever_the_system_asks(page: Page, asked: Any) -> None:
    page.emulate_media(color_scheme="dark", reduced_motion="no-preference", forced_colors="none")
    plain = palette(page, dark=True)
    page.emulate_media(color_scheme="light", **asked)
    assert palette(page, dark=False) != plain
    page.emulate_media(color_scheme="dark")
    assert palette(page, dark=True) == plain
    enter(page, "Editor")
    grounds = [
        page.get_by_role("radio", name=name, exact=True).evaluate(
            "each => getComputedStyle(each).backgroundColor"
        )
        for name in ("Bend", "Line")
    ]
    assert grounds[0] != grounds[1]
    page.emulate_media(reduced_motion="no-preference", forced_colors="none")


def test_dials_say_their_value_in_its_unit(page: Page) -> None:
    enter(page, "Editor")
    dials = page.get_by_role("slider").all()
    assert len(dials) > 5
    for dial in dials:
        low, now, high = (
            float(dial.get_attribute(f"aria-value{name}") or "nan") for name in ("min", "now", "max")
        )
        assert low <= now <= high
        assert dial.get_attribute("aria-label")
    scale = page.get_by_role("slider", name="scale", exact=True)
    assert "×" in (scale.get_attribute("aria-valuetext") or "")


def test_messages_are_read_out_and_nothing_moves_for_who_wants_it_still(page: Page) -> None:
    region = page.locator(".toasts")
    assert region.get_attribute("aria-live") == "polite"
    page.emulate_media(reduced_motion="reduce")
    page.locator("li.sound .name").first.focus()
    page.keyboard.press("Delete")
    toast = page.locator(".toast")
    expect(toast).to_have_attribute("role", "status")
    assert (
        float(
            page.evaluate("parseFloat(getComputedStyle(document.querySelector('.toast')).animationDuration)")
        )
        < 0.01
    )
    page.get_by_role("button", name="Put back").click()
