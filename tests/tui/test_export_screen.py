"""Form and path of an export, by keyboard and by mouse."""

from pathlib import Path
from typing import ClassVar

import pytest
from textual.app import App
from textual.widgets import Button, Input, OptionList, Static

from tui import export_screen
from tui.export_screen import ExportScreen
from tui.messages import Export

STYLE = Path(export_screen.__file__).parent / "styles" / "export_screen.tcss"
SIZES = [(160, 50), (80, 24), (60, 20)]


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


class Exporting(App):
    CSS_PATH = STYLE
    HORIZONTAL_BREAKPOINTS: ClassVar = [(0, "-narrow"), (80, "-medium"), (120, "-wide")]
    VERTICAL_BREAKPOINTS: ClassVar = [(0, "-short"), (30, "-tall")]

    def __init__(self, named=""):
        super().__init__()
        self.named = named
        self.exported = []

    def on_mount(self):
        self.push_screen(ExportScreen(self.named))

    def on_export(self, event: Export):
        self.exported.append((event.kind, str(event.path), len(self.screen_stack)))


def path_of(app):
    return app.screen.query_one(Input)


def problem_of(app):
    return str(app.screen.query_one("#export-problem", Static).render())


async def test_enter_writes_markdown_in_the_current_folder_and_the_screen_is_gone_before_it_is_written():
    app = Exporting()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert path_of(app).value == "triage-report.md"
        await pilot.press("enter")
        await pilot.pause()
        assert app.exported == [("markdown", "triage-report.md", 1)]


@pytest.mark.parametrize(
    ("downs", "kind", "suffix"),
    [(0, "markdown", ".md"), (1, "html", ".html"), (2, "json", ".json"), (3, "svg", ".svg")],
)
async def test_the_suffix_follows_the_form(downs, kind, suffix):
    app = Exporting()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("shift+tab", *["down"] * downs, "enter", "enter")
        await pilot.pause()
        assert app.exported == [(kind, f"triage-report{suffix}", 1)]


async def test_a_path_that_was_touched_stays_as_it_is():
    app = Exporting()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("home", "x", "shift+tab", "down", "enter", "enter")
        await pilot.pause()
        assert app.exported == [("html", "xtriage-report.md", 1)]


@pytest.mark.parametrize("size", SIZES)
async def test_the_mouse_does_all_of_it(size):
    app = Exporting()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.click(OptionList, offset=(4, 2))
        await pilot.pause()
        assert "(•) JSON" in str(app.screen.query_one(OptionList).options[2].prompt)
        assert "( ) Markdown" in str(app.screen.query_one(OptionList).options[0].prompt)
        await pilot.click("#export-write")
        await pilot.pause()
        assert app.exported == [("json", "triage-report.json", 1)]


async def test_a_file_that_is_there_is_written_over_only_when_asked_twice():
    Path("triage-report.md").write_text("old")
    app = Exporting()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert app.exported == []
        assert "already" in problem_of(app)
        assert str(app.screen.query_one("#export-write", Button).label) == "Write over it"
        await pilot.press("enter")
        await pilot.pause()
        assert app.exported == [("markdown", "triage-report.md", 1)]


async def test_what_was_agreed_to_for_one_file_does_not_hold_for_another():
    Path("triage-report.md").write_text("old")
    Path("triage-report.md2").write_text("old")
    app = Exporting()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("enter", "2", "enter")
        await pilot.pause()
        assert app.exported == []
        await pilot.press("backspace", "enter")
        await pilot.pause()
        assert app.exported == []


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "Say which file"),
        ("   ", "Say which file"),
        (".", "folder"),
        ("missing/report.md", "no such folder"),
        ("nul\0", "No file of that name"),
        ("lone\ud800", "No file of that name"),
        ("a" * 5000, "No file of that name"),
        ("~nobody-of-that-name/x", "No file of that name"),
        ("/dev/null", "no plain file"),
    ],
)
async def test_a_path_that_cannot_be_is_said_at_once(typed, problem):
    app = Exporting()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        path_of(app).value = typed
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert problem in problem_of(app)
        assert app.exported == []


async def test_the_home_folder_is_meant_by_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    app = Exporting()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        path_of(app).value = "~/run.md"
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert app.exported == [("markdown", str(tmp_path / "run.md"), 1)]


@pytest.mark.parametrize("way", ["key", "mouse"])
async def test_cancelling_writes_nothing(way):
    app = Exporting()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await (pilot.press("escape") if way == "key" else pilot.click("#export-cancel"))
        await pilot.pause()
        assert len(app.screen_stack) == 1
        assert app.exported == []


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_is_cut_off(size):
    Path("triage-report.md").write_text("old")
    app = Exporting()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        screen = app.screen.region
        for widget in app.screen.query("#export-panel, #export-panel *"):
            assert screen.contains_region(widget.region), widget
        button = app.screen.query_one("#export-write", Button)
        assert button.region.width >= len("Write over it")


async def test_a_path_that_was_named_chooses_the_form_and_another_form_its_ending():
    app = Exporting("results/run.one.html")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert path_of(app).value == "results/run.one.html"
        app.screen.query_one("#export-kinds").focus()
        await pilot.press("down")
        await pilot.pause()
        assert path_of(app).value == "results/run.one.json"
