"""The dialog that asks for files: typed, completed, chosen, dropped; whatever the folders hold."""

import os
from pathlib import Path
from typing import ClassVar

import pytest
from textual import events
from textual.app import App
from textual.widgets import Button, Static

import tui
from tui.attach_screen import AttachScreen
from tui.folder_tree import FolderTree
from tui.folders import list_folder
from tui.messages import Attach
from tui.path_line import PathLine
from tui.proposals import Proposals

STYLES = Path(tui.__file__).parent / "styles" / "attach_screen.tcss"
HOSTILE = [
    "[bold]run[red].csv",
    "\x1b[31mrun.csv",
    "run\n2.csv",
    "\u202egpj.csv",
    "x" * 200 + ".csv",
    "[",
    "\n",
    "🙂.log",
]


class Host(App):
    CSS_PATH = STYLES
    HORIZONTAL_BREAKPOINTS: ClassVar = [(0, "-narrow"), (80, "-medium"), (120, "-wide")]

    def __init__(self, folder, attached=()):
        super().__init__()
        self.dialog = AttachScreen(attached, folder)
        self.posted = []

    def on_mount(self):
        self.push_screen(self.dialog)

    def on_attach(self, event: Attach):
        self.posted.append((event.files, event.beside))

    @property
    def line(self):
        return self.dialog.query_one(PathLine)

    @property
    def hint(self):
        return str(self.dialog.query_one("#attach-hint", Static).render())

    def proposed(self):
        return [str(option.prompt) for option in self.dialog.query_one(Proposals).options]

    def tree(self):
        tree = self.dialog.query_one(FolderTree)
        return [str(node.label) for node in tree.root.children]


@pytest.fixture
def folder(tmp_path):
    """A folder that stands alone in the one above it."""
    folder = tmp_path / "training"
    (folder / "runs").mkdir(parents=True)
    for name in ("train one.csv", "train two.csv", "notes.md", ".hidden", "runs/a.csv", "runs/it's.log"):
        (folder / name).touch()
    return folder


async def settle(pilot):
    for _ in range(3):
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def type_in(pilot, text):
    pilot.app.line.insert_text_at_cursor(text[:-1])
    await pilot.press("space" if text[-1] == " " else text[-1])
    await settle(pilot)


async def test_a_path_is_completed_by_tab_and_attached_by_enter(folder):
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert app.proposed() == ["train one.csv", "train two.csv", "runs/", "notes.md"]
        await type_in(pilot, "TR")
        assert app.proposed() == ["train one.csv", "train two.csv"]
        await pilot.press("tab")
        await settle(pilot)
        assert app.line.value == "train "
        await type_in(pilot, "t")
        await pilot.press("tab")
        await settle(pilot)
        assert app.line.value == "train two.csv"
        await pilot.press("enter")
        await settle(pilot)
        assert app.posted == [((folder / "train two.csv",), False)]
        assert app.screen is not app.dialog


async def test_tab_goes_on_where_there_is_nothing_to_complete(folder):
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("tab")
        await settle(pilot)
        assert isinstance(app.focused, Proposals)
        await pilot.press("shift+tab")
        assert isinstance(app.focused, PathLine)
        await type_in(pilot, "train ")
        await pilot.press("tab")
        await settle(pilot)
        assert isinstance(app.focused, Proposals)


async def test_a_proposal_is_chosen_by_arrows_and_a_folder_goes_on(folder):
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("down", "down", "down", "enter")
        await settle(pilot)
        assert app.line.value == "runs/"
        assert app.proposed() == ["a.csv", "it's.log"]
        await pilot.press("down", "down", "enter")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert app.posted == [((folder / "runs" / "it's.log",), False)]


async def test_up_from_the_first_proposal_and_typing_lead_back_to_the_line(folder):
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("down", "up")
        await settle(pilot)
        assert isinstance(app.focused, PathLine)
        await pilot.press("down", "n")
        await settle(pilot)
        assert app.line.value == "n"
        assert isinstance(app.focused, PathLine)


async def test_a_proposal_is_chosen_and_attached_by_mouse(folder):
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.click("#attach-proposals", offset=(3, 1))
        await settle(pilot)
        assert app.line.value == "train two.csv"
        await pilot.click("#attach-only")
        await settle(pilot)
        assert app.posted == [((folder / "train two.csv",), False)]


async def test_folders_are_looked_through_by_keys(folder):
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert not app.dialog.query_one(FolderTree).display
        await pilot.press("ctrl+b")
        await settle(pilot)
        assert not app.dialog.query_one(Proposals).display
        assert app.tree() == ["../", "train one.csv", "train two.csv", "runs/", "notes.md"]
        await pilot.press(*["down"] * 4, "right")
        await settle(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert app.line.value == str(folder / "runs" / "a.csv")
        await pilot.press("enter")
        await settle(pilot)
        assert app.posted == [((folder / "runs" / "a.csv",), False)]


async def test_the_folder_above_is_one_key_or_one_line_away(folder):
    app = Host(folder / "runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f3")
        await settle(pilot)
        await pilot.press("backspace")
        await settle(pilot)
        assert "train one.csv" in app.tree()
        await pilot.press("down", "enter")
        await settle(pilot)
        assert f"{folder.name}/" in app.tree()


async def test_folders_are_looked_through_by_mouse(folder):
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.click("#attach-browse")
        await settle(pilot)
        await pilot.click("#attach-folders", offset=(6, 4))
        await settle(pilot)
        await pilot.click("#attach-folders", offset=(8, 5))
        await settle(pilot)
        assert app.line.value == str(folder / "runs" / "a.csv")
        await pilot.click("#attach-browse")
        await settle(pilot)
        assert app.dialog.query_one(Proposals).display


async def test_folders_stand_beside_proposals_where_it_is_wide(folder):
    app = Host(folder)
    async with app.run_test(size=(160, 50)) as pilot:
        await settle(pilot)
        assert app.dialog.query_one(FolderTree).display
        assert app.dialog.query_one(Proposals).display
        await pilot.press("ctrl+b")
        assert isinstance(app.focused, FolderTree)
        await pilot.press("ctrl+b")
        assert isinstance(app.focused, PathLine)


@pytest.mark.parametrize(("keys", "beside"), [(["enter"], True), (["tab", "enter"], False)])
async def test_what_is_attached_already_makes_it_a_choice(folder, keys, beside):
    app = Host(folder, ("/somewhere/first.csv",))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "first.csv" in str(app.dialog.query_one("#attach-now", Static).render())
        await type_in(pilot, "train one.csv")
        await pilot.press("enter")
        await settle(pilot)
        assert app.posted == []
        assert "same run" in app.hint
        await pilot.press(*keys)
        await settle(pilot)
        assert app.posted == [((folder / "train one.csv",), beside)]


@pytest.mark.parametrize("size", [(160, 50), (80, 24), (60, 20)])
@pytest.mark.parametrize(("button", "beside"), [("#attach-beside", True), ("#attach-instead", False)])
async def test_the_choice_can_be_clicked_at_every_size(folder, size, button, beside):
    app = Host(folder, ("first.csv", "second.csv", "third.csv", "fourth.csv"))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await type_in(pilot, "notes.md")
        await pilot.click(button)
        await settle(pilot)
        assert app.posted == [((folder / "notes.md",), beside)]


@pytest.mark.parametrize("size", [(160, 50), (80, 24), (60, 20)])
async def test_nothing_reaches_beyond_the_screen(folder, size):
    for name in HOSTILE:
        (folder / name).touch()
    app = Host(folder, ("first.csv",))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        for widget in app.dialog.query("Button, Input, Static, Proposals"):
            assert app.dialog.region.contains_region(widget.region), widget
            assert widget.region.height > 0
        for button in app.dialog.query(Button):
            assert button.region.width >= len(str(button.label))


async def test_escape_and_cancel_attach_nothing(folder):
    for way in ("escape", "#attach-cancel"):
        app = Host(folder)
        async with app.run_test(size=(60, 20)) as pilot:
            await settle(pilot)
            await type_in(pilot, "notes.md")
            await (pilot.click(way) if way.startswith("#") else pilot.press(way))
            await settle(pilot)
            assert app.screen is not app.dialog
            assert app.posted == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", "Type where the log is"),
        ("nowhere.csv", "There is no file nowhere.csv"),
        ("/nowhere/run.csv", "There is no file /nowhere/run.csv"),
        ("notes.md nowhere.csv", "There is no file nowhere.csv"),
        ("'notes.md", "There is no file 'notes.md"),
        (os.devnull, "is no file that holds text"),
    ],
)
async def test_what_cannot_be_attached_is_one_line_in_the_dialog(folder, typed, expected):
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.line.set_text(typed)
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert expected in app.hint
        assert app.hint.startswith("! ")
        assert app.screen is app.dialog
        assert app.posted == []


async def test_enter_on_a_folder_shows_what_it_holds(folder):
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await type_in(pilot, "runs")
        await pilot.press("enter")
        await settle(pilot)
        assert "choose a file in it" in app.hint
        assert app.proposed() == ["a.csv", "it's.log"]


async def paste(pilot, text):
    pilot.app.focused.post_message(events.Paste(text))
    await settle(pilot)


async def test_dropped_files_are_attached_together(folder):
    first, second = folder / "train one.csv", folder / "runs" / "it's.log"
    for text in (f"'{first}' \"{second}\"", f"{first.as_uri()}\n{second.as_uri()}", f"{first}\n{second}"):
        app = Host(folder / "runs")
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            await paste(pilot, text)
            await pilot.press("enter")
            await settle(pilot)
            assert app.posted == [((first, second), False)]


async def test_a_file_is_dropped_behind_another(folder):
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await type_in(pilot, "notes.md")
        await paste(pilot, str(folder / "train one.csv"))
        await pilot.press("enter")
        await settle(pilot)
        assert app.posted == [((folder / "notes.md", folder / "train one.csv"), False)]


async def test_pasted_prose_is_text(folder):
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await paste(pilot, "run\nand more")
        await paste(pilot, "\n")
        await paste(pilot, "")
        assert app.line.value == "run"


async def test_the_last_of_several_paths_is_completed_as_a_word(folder):
    app = Host(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await type_in(pilot, "notes.md runs/i")
        await pilot.press("tab")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert app.posted == [((folder / "notes.md", folder / "runs" / "it's.log"), False)]


async def test_the_home_folder_is_completed(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    app = Host(folder / "runs")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await type_in(pilot, "~/no")
        await pilot.press("tab")
        await settle(pilot)
        assert app.line.value == "~/notes.md"
        await pilot.press("enter")
        await settle(pilot)
        assert app.posted == [((folder / "notes.md",), False)]


async def test_hostile_names_are_shown_as_text_and_can_be_attached(tmp_path):
    for name in HOSTILE:
        (tmp_path / name).touch()
    app = Host(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await settle(pilot)
        shown = app.export_screenshot()
        assert "[bold]run[red].csv" in app.tree()
        assert "[bold]run[red].csv" in app.proposed()
        assert "\\x1b[31mrun.csv" in app.tree()
        assert "\\x1b[31mrun.csv" in app.proposed()
        for text in (*app.tree(), *app.proposed(), shown):
            assert "\x1b" not in text
            assert "\u202e" not in text
        assert len(app.tree()) == len(HOSTILE) + 1
        app.line.set_text("[bold]run[red].csv")
        await pilot.press("enter")
        await settle(pilot)
        assert app.posted == [((tmp_path / "[bold]run[red].csv",), False)]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.name == "nt", reason="bytes that are no text need POSIX")
async def test_a_name_that_is_no_text_is_shown(tmp_path):
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/run\xff.csv")).touch()
    except OSError:
        pytest.skip("the file system wants text")
    app = Host(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await settle(pilot)
        assert "run\\udcff.csv" in app.tree()
        await pilot.press("down", "enter")
        await settle(pilot)
        app.export_screenshot()
        await pilot.press("enter")
        await settle(pilot)
        assert len(app.posted) == 1


async def test_a_folder_that_is_gone_is_said_and_no_error(tmp_path):
    app = Host(tmp_path / "gone")
    async with app.run_test(size=(160, 50)) as pilot:
        await settle(pilot)
        assert "There is no folder" in app.hint
        assert any("There is no folder" in label for label in app.tree())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may look everywhere")
async def test_a_folder_that_may_not_be_read_is_said_and_no_error(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0)
    app = Host(closed)
    async with app.run_test(size=(160, 50)) as pilot:
        await settle(pilot)
        assert "You may not look into" in app.hint
    closed.chmod(0o700)


def test_a_denied_folder_is_a_problem_and_no_error(tmp_path, monkeypatch):
    def denied(folder):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(os, "scandir", denied)
    assert list_folder(tmp_path).problem.startswith("You may not look into")


async def test_a_folder_of_many_files_shows_the_first_and_how_many_more(tmp_path):
    for number in range(3000):
        (tmp_path / f"run{number:05}.csv").touch()
    app = Host(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await settle(pilot)
        assert len(app.proposed()) <= 201
        assert "2,800 more" in app.proposed()[-1]
        assert len(app.tree()) <= 502
        assert "2,500 more" in app.tree()[-1]
        await type_in(pilot, "run0299")
        assert app.proposed() == [f"run0299{digit}.csv" for digit in range(10)]


def test_a_listing_that_nobody_waits_for_ends_at_once(tmp_path):
    for number in range(50):
        (tmp_path / str(number)).touch()
    asked = []
    list_folder(tmp_path, stopped=lambda: bool(asked.append(1)) or len(asked) > 5)
    assert len(asked) == 6


@pytest.mark.parametrize("beginning", ["", "\0", "\ud800", "a" * 300])
@pytest.mark.parametrize("folder", ["\0", "a" * 5000, "/dev/null", "\ud800"])
def test_any_folder_can_be_asked_for(folder, beginning):
    listing = list_folder(Path(folder), beginning)
    assert listing.entries == ()
    assert "\n" not in listing.problem
    assert listing.problem
