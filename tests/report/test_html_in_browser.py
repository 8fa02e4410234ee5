"""The page in a real browser: what the tests of its text cannot see."""

from __future__ import annotations

import base64
import re

import pytest

from tests.report.browser import Browser, chromium
from tests.report.examples import HOSTILE, a_base, a_diagnosis, a_history
from triage.cli import main
from triage.report.html import html_report

pytestmark = pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")

PAGES = {
    "nan": ["--log", "tests/data/nan_in_input.csv"],
    "healthy": ["--log", "tests/data/healthy_classifier.csv"],
    "files": ["--log", "tests/data/learning_rate_too_high.csv", "--config", "tests/cases/documented/pipeline.config",
              "--config", "tests/cases/documented/label_map.pbtxt", "--text", "it explodes, adam, batch size 2"],
}  # fmt: skip
WIDTHS = (390, 1200)


@pytest.fixture(scope="module")
def browser():
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for name, arguments in PAGES.items():
        found[name] = folder / f"{name}.html"
        assert main([*arguments, "--format", "html", "--output", str(found[name])]) in (0, 1)
    for number, text in enumerate(HOSTILE):
        found[f"hostile {number}"] = folder / f"hostile_{number}.html"
        page = html_report(a_diagnosis(text, text), a_base(text), a_history())
        found[f"hostile {number}"].write_text(page, encoding="utf-8")
    return found


NAMES = [*PAGES, *(f"hostile {number}" for number in range(len(HOSTILE)))]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_fetched_violated_or_complained_of(browser, pages, name):
    tab = browser.open(pages[name])
    tab.value("document.querySelectorAll('details').forEach(one => one.open = true)")
    tab.value("document.body.scrollHeight")
    asked = [one["request"]["url"] for one in tab.happened("Network.requestWillBeSent")]
    assert [url for url in asked if url not in (pages[name].resolve().as_uri(), "data:,")] == []
    complaints = ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Audits.issueAdded")
    assert tab.happened(*complaints) == []
    tab.close()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_hangs_over_the_edge(browser, pages, name, width):
    tab = browser.open(pages[name], width=width)
    tab.value("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert tab.value("document.documentElement.scrollWidth") <= width
    outside = "[...document.querySelectorAll('main *:not(pre *):not(svg *)')].filter(one => "
    outside += f"one.getBoundingClientRect().right > {width} + 0.5).map(one => one.outerHTML.slice(0, 80))"
    assert tab.value(outside) == []
    tab.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_screen_reader_finds_headings_tables_and_the_curve_in_words(browser, pages, name):
    tab = browser.open(pages[name])
    tree = tab.tree()
    headings = [title for role, title in tree if role == "heading"]
    assert {"The curve", "What was seen and said", "What it may be", "Why", "Sources"} <= set(headings)
    assert tab.value("[...document.querySelectorAll('h1')].length") == 1
    assert all(title for role, title in tree if role in ("table", "image", "figure", "link", "region"))
    curve = next(title for role, title in tree if role == "image")
    assert re.match(r"Training loss: [\d.,]+ at (step|epoch) 0, lowest ", curve)
    assert "banner" in [role for role, _ in tree]
    assert "main" in [role for role, _ in tree]
    tab.close()


def test_the_page_is_light_or_dark_as_is_wished(browser, pages):
    ground = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0)"
    light, dark = (browser.open(pages["nan"], dark=dark) for dark in (False, True))
    assert dark.value(ground) < 150
    assert light.value(ground) > 600
    for tab in (light, dark):
        tab.close()


def test_on_paper_the_page_is_light_and_what_is_folded_is_there(browser, pages):
    tab = browser.open(pages["nan"], dark=True)
    tab.call("Emulation.setEmulatedMedia", media="print")
    assert tab.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    folded = "[...document.querySelectorAll('details:not([open]) .inside')]"
    shown = tab.value(f"{folded}.map(one => one.checkVisibility({{contentVisibilityAuto: true}}))")
    assert shown
    assert all(shown)
    tab.call("Emulation.setEmulatedMedia", media="")
    assert base64.b64decode(tab.pdf()).startswith(b"%PDF")
    tab.close()


def test_code_and_folds_are_reached_with_the_keyboard(browser, pages):
    tab = browser.open(pages["nan"])
    reached = []
    for _ in range(12):
        tab.call("Input.dispatchKeyEvent", type="keyDown", key="Tab", code="Tab", windowsVirtualKeyCode=9)
        tab.call("Input.dispatchKeyEvent", type="keyUp", key="Tab", code="Tab", windowsVirtualKeyCode=9)
        reached.append(tab.value("document.activeElement.tagName"))
    assert reached[0] == "A"
    assert {"SUMMARY", "PRE"} <= set(reached)
    tab.close()
