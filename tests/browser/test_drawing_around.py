"""Images chosen on the map, by mouse and by finger, in a real browser."""

import re

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, WebSocket, expect

from core.evaluation.maps import UNIT, stored_map
from core.runs.networks import shipped_networks
from tests.browser.conftest import App
from tests.polygons import slowly_inside

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SHAPES = "shapes-quick"
IMAGES = 2000
CHOSEN = re.compile(r"^[\d,]+ images? chosen, [\d,]+ right")


def the_map(page: Page) -> Locator:
    return page.get_by_role("img", name="A map of the images")


def open_map(page: Page, app: App) -> None:
    page.goto(f"{app.address}/evaluate?run={SHAPES}&view=Map")
    the_map(page).scroll_into_view_if_needed()
    expect(page.get_by_text("Choose images on the map")).to_be_visible()


def square(page: Page, share: float) -> list[tuple[float, float]]:
    """Corners, on the screen, of a square around the middle of the map."""
    box = the_map(page).bounding_box()
    assert box is not None
    x, y, half = (
        box["x"] + box["width"] / 2,
        box["y"] + box["height"] / 2,
        share * box["width"] / 2,
    )
    return [(x + dx * half, y + dy * half) for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]


def points_in(said: list[str | bytes]) -> int:
    return sum(isinstance(each, bytes) and b'"places"' in each for each in said)


def chosen_by_link(page: Page) -> int:
    """How many images lie in the area that the link tells of."""
    numbers = re.search(r"area=([-\d_]+)", page.url)
    assert numbers is not None
    path = np.array(numbers[1].split("_"), dtype=int).reshape(-1, 2)
    drawn = stored_map(shipped_networks()[SHAPES].path, "test", IMAGES)
    assert drawn is not None
    return int(slowly_inside(path, np.rint(drawn.points * UNIT).astype(int)).sum())


def test_what_a_mouse_draws_around_is_chosen_and_stands_in_the_link(
    app: App, browser: BrowserContext
) -> None:
    page = browser.new_page()
    said: list[str | bytes] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: said.append(frame))

    page.on("websocket", listen)
    open_map(page, app)
    assert points_in(said) == 1
    first, *others = square(page, 0.5)
    page.mouse.move(*first)
    page.mouse.down()
    for corner in others:
        page.mouse.move(*corner, steps=5)
    page.mouse.up()
    heading = page.get_by_role("heading", name=CHOSEN)
    expect(heading).to_be_visible()
    expect(page).to_have_url(re.compile("area="))
    count = chosen_by_link(page)
    expect(heading).to_contain_text(f"{count:,} images")
    expect(page.get_by_role("status").filter(has_text=f"{count:,} images chosen")).to_be_visible()
    expect(page.locator(".gallery img").first).to_be_visible()
    assert 0 < count < IMAGES and points_in(said) == 1  # as they came at first
    page.get_by_role("button", name="circle", exact=True).click()
    expect(heading).not_to_contain_text(f"{count:,} images")  # what is hidden is not chosen
    fewer = heading.inner_text()
    page.reload()
    expect(heading).to_have_text(fewer)
    hidden = page.get_by_role("button", name="circle", exact=True)
    expect(hidden).to_have_attribute("aria-pressed", "false")
    hidden.press("Escape")
    expect(heading).to_be_hidden()
    expect(page).not_to_have_url(re.compile("area="))


def test_a_finger_scrolls_taps_and_draws_when_told_to(app: App, phone: BrowserContext) -> None:
    page = phone.new_page()
    open_map(page, app)
    hand = phone.new_cdp_session(page)

    def drag(corners: list[tuple[float, float]]) -> None:
        touch = "Input.dispatchTouchEvent"
        for number, (x, y) in enumerate(corners):
            kind = "touchMove" if number else "touchStart"
            hand.send(touch, {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        hand.send(touch, {"type": "touchEnd", "touchPoints": []})

    heading = page.get_by_role("heading", name=CHOSEN)
    main = page.get_by_test_id("stMain")
    top = main.evaluate("main => main.scrollTop")
    x, y = square(page, 0.5)[0]
    drag([(x, y + 20 * step) for step in range(8)])
    expect(main).not_to_have_js_property("scrollTop", top)
    expect(heading).to_be_hidden()

    the_map(page).scroll_into_view_if_needed()
    page.get_by_role("button", name="Draw around").tap()
    drag(square(page, 0.5))
    expect(heading).to_be_visible()
    expect(page).to_have_url(re.compile("area="))
    expect(heading).to_contain_text(f"{chosen_by_link(page):,} images")
    expect(page.get_by_role("button", name="Draw around")).to_have_attribute(
        "aria-pressed", "false"
    )  # a finger scrolls again
    tap_a_point(page)
    expect(page.get_by_text(re.compile(r"^#\d+: \w+, the network says"))).to_be_visible()
    expect(page).to_have_url(re.compile(r"area=-?\d+_-?\d+$"))
    expect(heading).to_contain_text("1 image chosen")
    assert main.evaluate("main => main.scrollWidth") <= 390


def tap_a_point(page: Page) -> None:
    """Where the first image of the split lies."""
    drawn = stored_map(shipped_networks()[SHAPES].path, "test", IMAGES)
    box = the_map(page).bounding_box()
    assert drawn is not None and box is not None
    across, up = (drawn.points[0] / 1.05 / 2).tolist()
    page.touchscreen.tap(
        box["x"] + 28 + (box["width"] - 29) * (0.5 + across),
        box["y"] + 1 + (box["height"] - 29) * (0.5 - up),
    )
