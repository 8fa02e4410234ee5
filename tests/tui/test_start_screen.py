"""The first screen, by keyboard and by mouse, with sessions that really lie on the disk."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from textual.app import App
from textual.widgets import OptionList, Static

from triage.history import read_history
from triage.shelf import LATEST_TIME, Entry, default_folder, saved_sessions, start
from triage.wording import ENGLISH
from tui import start_screen
from tui.start_screen import Example, New, NewWithLog, Resume, StartScreen

DATA = Path(__file__).parents[1] / "data"
STYLE = Path(start_screen.__file__).parent / "styles" / "start_screen.tcss"
SIZES = [(160, 50), (80, 24), (60, 20)]


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


class Starting(App):
    CSS_PATH = STYLE
    HORIZONTAL_BREAKPOINTS: ClassVar = [(0, "-narrow"), (80, "-medium"), (120, "-wide")]
    VERTICAL_BREAKPOINTS: ClassVar = [(0, "-short"), (30, "-tall")]

    def __init__(self, notes=()):
        super().__init__()
        self.notes = notes
        self.chosen = []
        self.left = False

    def on_mount(self):
        self.push_screen(StartScreen(self.notes), self.chosen.append)

    async def action_quit(self):
        self.left = True


async def settle(app, pilot):
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()
    await pilot.pause()


def words(app):
    listed = app.screen.query_one(OptionList)
    return [str(option.prompt) for option in listed.options]


def save(base, answers=(), log=None):
    session, journal = start(base)
    with journal:
        if log is not None:
            session.attach(read_history(log))
        for finding, state in answers:
            session.answer(finding, state)
    return journal.id


def test_nothing_heavy_is_imported_with_the_screen():
    heavy = ("numpy", "pandas", "pydantic", "yaml", "triage.session", "triage.shelf", "knowledge", "textual_plot")
    look = f"import sys, tui.start_screen; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_the_first_paint_has_the_two_ways_to_begin():
    app = Starting()
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen._look = lambda: None
        assert "New triage" in words(app)[0]
        assert "Attach a log" in words(app)[1]
        await settle(app, pilot)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["n"], New()),
        (["o"], NewWithLog()),
        (["enter"], New()),
        (["down", "enter"], NewWithLog()),
        (["1"], New()),
        (["2"], NewWithLog()),
        (["3"], Example("adam_after_a_long_calm")),
        (["down", "down", "down", "enter"], Example("dead_units")),
    ],
)
async def test_keys_choose(keys, expected):
    app = Starting()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(app, pilot)
        await pilot.press(*keys)
        assert app.chosen == [expected]


@pytest.mark.parametrize("size", SIZES)
async def test_the_mouse_chooses(size):
    app = Starting()
    async with app.run_test(size=size) as pilot:
        await settle(app, pilot)
        await pilot.click(OptionList, offset=(6, 1))
        assert app.chosen == [NewWithLog()]


async def test_a_number_that_nothing_has_chooses_nothing():
    app = Starting()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(app, pilot)
        await pilot.press("9")
        assert app.chosen == []


@pytest.mark.parametrize("key", ["escape", "ctrl+q"])
async def test_leaving_is_for_the_app(key):
    app = Starting()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(app, pilot)
        await pilot.press(key)
        assert app.left
        assert app.chosen == []


async def test_saved_sessions_are_listed_newest_first_with_answers_and_files(real_base):
    first = save(real_base, [("optimizer", "adam")])
    second = save(real_base, [("optimizer", "adam"), ("task", "regression")], DATA / "dead_relu.csv")
    assert [entry.id for entry in saved_sessions()] == [second, first]
    app = Starting()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(app, pilot)
        shown = words(app)
        new, old = shown[-2:]
        assert new.startswith("6  today ")
        assert "2 answers" in new
        assert new.endswith("dead_relu.csv")
        assert "1 answer " in old
        assert old.endswith("no log")
        await pilot.press("7")
        assert app.chosen == [Resume(first)]


async def test_r_resumes_the_one_that_was_changed_last(real_base):
    save(real_base)
    last = save(real_base)
    app = Starting()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(app, pilot)
        await pilot.press("r")
        assert app.chosen == [Resume(last)]


async def test_r_says_so_where_nothing_is_saved():
    app = Starting()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(app, pilot)
        await pilot.press("r")
        await pilot.pause()
        assert app.chosen == []
        assert any("saved" in note.message for note in app._notifications)


async def test_a_session_that_cannot_be_read_is_listed_as_such_and_not_to_be_chosen(real_base):
    good = save(real_base)
    bad = default_folder() / f"[bold]bad\u202e{Path(saved_sessions()[0].path).suffix}"
    bad.write_text("nonsense \x1b[31m")
    app = Starting()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(app, pilot)
        listed = app.screen.query_one(OptionList)
        line = next(option for option in listed.options if "cannot be read" in str(option.prompt))
        assert line.disabled
        assert "[bold]bad\\u202e" in str(line.prompt)
        assert "\x1b" not in str(line.prompt)
        await pilot.press("6")
        assert app.chosen == [Resume(good)]


async def test_a_folder_that_cannot_be_read_is_one_line():
    default_folder().parent.mkdir(parents=True)
    default_folder().write_text("a file")
    app = Starting()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(app, pilot)
        assert "expected a folder of saved sessions" in words(app)[-1]


async def test_notes_are_shown_as_text():
    app = Starting(["The session is open elsewhere.", "[red]\x1b[31m" + "x" * 10_000])
    async with app.run_test(size=(60, 20)) as pilot:
        await settle(app, pilot)
        notes = [str(note.render()) for note in app.screen.query(".start-note").results(Static)]
        assert notes[0] == "! The session is open elsewhere."
        assert notes[1].startswith("! [red]\\x1b[31mxxx")
        assert app.screen.query_one(OptionList).region.height >= 4
        await pilot.press("enter")
        assert app.chosen == [New()]


@pytest.mark.parametrize("size", SIZES)
async def test_the_story_and_the_source_of_an_example_are_told_when_it_is_highlighted(size):
    app = Starting()
    async with app.run_test(size=size) as pilot:
        await settle(app, pilot)
        await pilot.press("down", "down")
        await pilot.pause()
        told = str(app.screen.query_one("#start-about", Static).render())
        assert "1,500 epochs" in told
        assert "https://exchangetuts.com/" in told
        page, footer = app.screen.query_one("#start-told").region, app.screen.query_one("KeyLine").region
        assert page.bottom <= footer.y
        assert page.height >= 3


async def test_many_sessions_are_cut_and_counted(real_base, monkeypatch):
    monkeypatch.setattr(start_screen, "MOST_SESSIONS", 2)
    for _ in range(3):
        save(real_base)
    app = Starting()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(app, pilot)
        assert words(app)[-1].startswith("1 more")
        assert sum("no log" in line for line in words(app)) == 2


def test_moments_are_told_in_words_where_they_are_near():
    now = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    assert start_screen._when(now - timedelta(hours=3), now, ENGLISH) == "today 09:00"
    assert start_screen._when(now - timedelta(hours=13), now, ENGLISH) == "yesterday 23:00"
    assert start_screen._when(now - timedelta(days=2), now, ENGLISH) == "2026-03-02 12:00"
    assert start_screen._when(datetime.fromtimestamp(LATEST_TIME, UTC), now.astimezone(), ENGLISH).endswith(":59")


def test_hostile_names_of_files_are_text():
    names = ("runs/[red]\x1b\udcff.csv", "other.csv")
    entry = Entry("id", Path("id"), None, datetime.now(UTC), 1, names, None, None)
    line = start_screen._session(entry, datetime.now().astimezone(), ENGLISH)
    assert str(line.words).endswith("1 answer    [red]\\x1b\\udcff.csv and 1 more")
