"""A photo from upload to its own page, in a real browser."""

import re
from importlib.resources import files

import pytest
from playwright.sync_api import BrowserContext, FloatRect, Locator, expect

from app.charts.verdicts import UNLIKE
from tests.browser.conftest import App

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PHOTO, OTHER = (str(files("skimage.data") / name) for name in ("coffee.png", "chelsea.png"))
VERDICT = re.compile(rf"\d+% sure|{UNLIKE}")


def box(square: Locator) -> FloatRect:
    found = square.bounding_box()
    assert found is not None
    return found


def test_a_photo_is_uploaded_cropped_disturbed_and_has_its_page(
    app: App, browser: BrowserContext
) -> None:
    page = browser.new_page()
    page.goto(f"{app.address}/predict?run=shapes-quick")
    page.locator("input[type=file]").set_input_files(PHOTO)
    verdict = page.get_by_role("heading", name=VERDICT)
    expect(verdict).to_be_visible()
    assert box(verdict)["y"] < 900  # above the fold
    assert page.locator(".js-plotly-plot").count() == 0

    first = page.locator("figure", has_text="As it is").locator("img")
    seen = first.get_attribute("src")
    square = page.get_by_role("application")
    before = box(square)
    corner = box(page.locator(".corner"))
    page.mouse.move(corner["x"] + 8, corner["y"] + 8)
    page.mouse.down()
    page.mouse.move(corner["x"] - 20, corner["y"] - 20)
    expect(first).not_to_have_attribute("src", str(seen))  # and the drag goes on
    page.mouse.move(corner["x"] - 80, corner["y"] - 80, steps=4)
    page.mouse.up()
    assert box(square)["width"] < before["width"] - 60

    seen = first.get_attribute("src")
    square.press("ArrowRight")
    expect(first).not_to_have_attribute("src", str(seen))
    assert box(square)["x"] > before["x"]

    page.get_by_text("Disturb it", exact=True).click()
    seen = first.get_attribute("src")
    page.get_by_role("slider", name="Blur").press("End")
    expect(page.get_by_text("Undisturbed: ")).to_be_visible()
    expect(first).not_to_have_attribute("src", str(seen))
    expect(page).to_have_url(re.compile("blur=4"))

    page.get_by_text("Average framings", exact=True).click()
    expect(page).to_have_url(re.compile("average=false"))
    page.get_by_role("link", name="Its page").click()
    expect(page.get_by_role("heading", name="One image")).to_be_visible()
    expect(page).to_have_url(re.compile("average=false"))
    expect(page.get_by_text("coffee.png").first).to_be_visible()
    expect(page.get_by_role("heading", name=VERDICT)).to_be_visible()
    page.get_by_role("link", name="Try things on it").click()
    expect(page.get_by_role("heading", name="Predict")).to_be_visible()
    expect(page).to_have_url(re.compile("average=false"))
    expect(square).to_be_visible()
    assert box(square)["width"] < before["width"] - 60  # as it was left


def test_a_row_of_several_photos_opens_one(app: App, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(f"{app.address}/predict?run=shapes-quick&beside=vgg-bn")
    page.locator("input[type=file]").set_input_files([PHOTO, OTHER])
    row = page.get_by_role("row", name="coffee.png")
    expect(row).to_be_visible()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
    row.get_by_role("link").tap()
    verdicts = page.get_by_role("heading", name=VERDICT)
    expect(verdicts).to_have_count(2)
    assert box(verdicts.first)["y"] < 844  # above the fold
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
    page.get_by_role("button", name="All photos").tap()
    expect(row).to_be_visible()


def test_a_drawn_picture_is_opened_by_a_click_on_it(app: App, browser: BrowserContext) -> None:
    page = browser.new_page()
    page.goto(f"{app.address}/predict?run=vgg-bn")
    page.locator("figure", has_text="Lorry").get_by_role("link").click()
    expect(page.get_by_role("heading", name=re.compile("^truck, "))).to_be_visible()


def test_back_leads_from_a_row_opened_by_a_double_click_to_the_table_and_a_reload_is_told(
    app: App, browser: BrowserContext
) -> None:
    page = browser.new_page()
    page.goto(f"{app.address}/predict?run=shapes-quick")
    page.locator("input[type=file]").set_input_files([PHOTO, OTHER])
    row = page.get_by_role("row", name="coffee.png")
    row.get_by_role("link").dblclick()
    expect(page.get_by_role("heading", name=VERDICT)).to_be_visible()
    page.go_back()
    expect(row).to_be_visible()
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name=VERDICT)).to_be_visible()
    page.reload()
    expect(page.get_by_text("loading a page anew drops them")).to_be_visible()
