"""Text from outside stays text in every corner of the app: nothing acts, nothing is hidden, nothing overflows."""

import csv
import dataclasses
import io
import json
import unicodedata

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.text import Text
from textual.color import Color

from tests.tui.apps import NAN_LOG, app_of, attach, begin, said, say, until
from tests.tui.hands import pasted
from tests.tui.hostile import (
    HOSTILE,
    IN_NASTY,
    NASTY,
    assert_harmless,
    begin_with,
    file_called,
    hostile_base,
    shows,
)
from triage.attaching import attached
from triage.history import read_history
from triage.session import Session
from triage.shelf import saved_sessions, start
from tui.conversation import Conversation
from tui.harmless import Harmless, StandIns
from tui.prompt import LONGEST

ACTING = {"Cc", "Cf", "Cs", "Zl", "Zp"}

NAME = "run \x1b[31m[bold]b[]\u202e\udcff.csv"
"""A name that a file can have."""


async def look(pilot, *keys):
    """Press keys, and hold that what stands there then is harmless."""
    await pilot.press(*keys)
    await pilot.pause()
    await pilot.pause()
    assert_harmless(pilot.app)


async def asked_of(pilot, base):
    """A triage of that knowledge with a log, at its first question."""
    await begin_with(pilot, Session(base))
    await attach(pilot, NAN_LOG)
    await until(pilot, lambda: pilot.app.consultation.topic.stage == "question")


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_hostile_knowledge_is_text_in_the_triage(tmp_path, real_base, size):
    app = app_of(tmp_path)
    async with app.run_test(size=size) as pilot:
        await begin_with(pilot, Session(hostile_base(real_base)))
        assert shows(app, "\\x1b]52;c;ZXZpbA==", *IN_NASTY)
        await attach(pilot, NAN_LOG)
        await until(pilot, lambda: app.consultation.topic.stage == "question")
        for keys in (["f7"], ["f8"], ["f3"], ["f5"], ["f4"], ["right_square_bracket"], ["f1"], ["escape", "f2"]):
            await look(pilot, *keys)
            if keys[0] in ("f7", "f3", "f5"):
                assert shows(app, *IN_NASTY), keys
        app.screen.query_one("#choices").focus()
        await look(pilot, "1")
        await until(pilot, lambda: said(app))
        await say(pilot, "i use adam")
        await until(pilot, lambda: app.screen.query_one("#chips").display)
        assert_harmless(app)
        assert shows(app, "$primary")
        await look(pilot, "enter")
        await until(pilot, lambda: "optimizer" in said(app))
        await look(pilot, "f5")
        assert shows(app, "$primary")


async def test_hostile_knowledge_is_text_in_the_verdict_and_in_a_cause(tmp_path, real_base):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await asked_of(pilot, hostile_base(real_base))
        await look(pilot, "f6")
        assert shows(app, *IN_NASTY)
        for _ in range(3):
            await look(pilot, "pagedown")
        await look(pilot, "escape", "f3", "home", "enter")
        await until(pilot, lambda: app.screen.query("#cause-body"))
        for section in "123456":
            await look(pilot, section)
            assert shows(app, *IN_NASTY[:1]), section
        copied = []
        app.copy_to_clipboard = copied.append
        await look(pilot, "4", "c")
        assert "\\x1b]52;c;" in copied[0]
        assert "\x1b" not in copied[0]


async def test_words_without_end_leave_room_for_the_others(tmp_path, real_base):
    text = "n" * 100 + "\N{CJK UNIFIED IDEOGRAPH-6F22}" * 10_000
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await asked_of(pilot, hostile_base(real_base, text))
        choices, prompt = app.screen.query_one("#choices"), app.screen.query_one("#prompt")
        assert choices.region.bottom <= prompt.region.y < app.size.height
        assert choices.size.height >= 3
        assert app.screen.query_one("#strip").region.bottom <= app.screen.query_one("#conversation").region.y
        assert app.screen.query_one("#conversation").size.height >= 3
        for key in ("f3", "f4", "f5", "f6"):
            await look(pilot, key)
            await pilot.press(*(["escape"] if key == "f6" else []))
        await look(pilot, "f3", "home", "enter")
        await until(pilot, lambda: app.screen.query("#cause-body"))
        assert app.screen.query_one("#cause-body").size.height >= 5


async def test_hostile_columns_are_text_in_the_curve_and_in_every_export(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = [
        *(" ".join(text.encode("utf-8", "replace").decode().splitlines()) for text in HOSTILE),
        f"train/loss_{'n' * 10_000}",
        "[b]box[/]_loss",
    ]
    table = io.StringIO(newline="")
    rows = csv.writer(table)
    rows.writerow(["step", "[bold]loss[/]", *(name.replace("\0", "") for name in names)])
    rows.writerows([[step, "nan" if step > 30 else 2 / (1 + step), *([0.5] * len(names))] for step in range(60)])
    log = tmp_path / "run.csv"
    log.write_text(table.getvalue(), encoding="utf-8", newline="")
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 30)) as pilot:
        await begin(pilot)
        await attach(pilot, log)
        assert any("/" in name for name in app.consultation.session.history.series)
        await look(pilot, "f4")
        for _ in range(4):
            await look(pilot, "s")
        await look(pilot, "f5")
        for place, suffix in enumerate((".md", ".html", ".json", ".svg")):
            await pilot.press("ctrl+s")
            await until(pilot, lambda: app.screen.query("#export-path"))
            app.screen.query_one("#export-kinds").highlighted = place
            await pilot.pause()
            app.screen.query_one("#export-path").value = f"report{suffix}"
            await look(pilot, "enter")
            written = tmp_path / f"report{suffix}"
            await until(pilot, written.exists)
            text = written.read_text("utf-8")
            assert not {unicodedata.category(character) for character in text if character not in "\n\t"} & {"Cc", "Cs"}
            assert "<script>alert" not in text or suffix == ".json"
        kept = json.loads((tmp_path / "report.json").read_text("utf-8"))
        assert "[bold]loss[/]" in kept["history"]["columns"].values()


async def test_hostile_names_are_text_in_the_attach_dialog(desk, tmp_path):
    for place, text in enumerate([*HOSTILE, NASTY]):
        file_called(desk, f"{place} {text[:50]}.csv", NAN_LOG.read_text())
        file_called(desk, text, "")
    (desk / "[bold]\x1b[7mfolder\udcff").mkdir()
    log = file_called(desk, NAME, NAN_LOG.read_text())
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: app.screen.query("#attach-path") and shows(app, "[bold red]rich[]"))
        listed = app.screen.query_one("#attach-proposals")
        listed.focus()
        for _ in range(4):
            await look(pilot, "pagedown")
        line = app.screen.query_one("#attach-path")
        line.focus()
        line.value = ""
        await pilot.press("r", "u", "n", "tab")
        await until(pilot, lambda: line.value == log.name)
        await look(pilot)
        assert shows(app, "run ␛[31m[bold]b[]")
        await look(pilot, "x", "enter")
        assert shows(app, "There is no file run \\x1b[31m[bold]b[]\\u202e\\udcff.csvx")
        await look(pilot, "ctrl+b")
        await until(pilot, lambda: shows(app, "../"))
        found = False
        for _ in range(5):
            await look(pilot, "pagedown")
            found = found or shows(app, "[bold]\\x1b[7mfolder\\udcff/")
        assert found
        await pilot.press("ctrl+b")
        line.value = ""
        for text in [*HOSTILE, NASTY]:
            line.value = f"{text} that is nowhere"
            await look(pilot, "enter")
            assert app.screen.query("#attach-path")
        line.value = str(log)
        await pilot.press("enter")
        await until(pilot, lambda: app.consultation.session.history is not None)
        await look(pilot, "ctrl+o")
        await until(pilot, lambda: shows(app, "Attached already: run \\x1b[31m[bold]b[]\\u202e\\udcff.csv"))


async def test_a_saved_session_with_hostile_words_is_text_in_the_list_and_after_it(desk, tmp_path, real_base):
    event = attached(read_history([str(NAN_LOG)]))
    for place, text in enumerate([NASTY.replace("\udcff", "").replace("/", "!"), "n" * 10_000]):
        session, journal = start(real_base)
        with journal:
            readings = tuple(
                dataclasses.replace(reading, message=f"{reading.message} {text}") for reading in event.readings
            )
            columns = {**event.history.columns, f"train_loss/{text}": text}
            told = {"format": text, "files": [f"{text}.csv", text], "columns": columns, "warnings": [text]}
            history = event.history.model_copy(update=told)
            session.take_in(
                dataclasses.replace(event, history=history, readings=readings, digest=f"{place}", folder=text), None
            )
    (desk.parent / "state" / "loss-triage" / "sessions" / "[bold]x[]\x1b[31m.jsonl").write_text("[/]\x1b[31m")
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.screen.query("#start-list") and shows(app, "Saved triages"))
        listed = app.screen.query_one("#start-list")
        for place in range(listed.option_count):
            listed.highlighted = place
            await look(pilot)
        listed_words = "".join(str(option.prompt) for option in listed.options)
        assert all(part in listed_words for part in ("[bold]b[!]", "[@click=app.quit]", "[bold]x[]\\x1b[31m", "nnn"))
    for entry in saved_sessions():
        again = app_of(tmp_path, resume=entry.id)
        async with again.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda app=again: app.screen.query("#choices, .start-note"))
            await look(pilot)
            for keys in ["f4", "f5", "f6"] if again.consultation else []:
                await look(pilot, keys)


async def test_whatever_a_person_types_is_text(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        line = app.screen.query_one("#prompt")
        for text in [*HOSTILE, NASTY]:
            line.focus()
            line.value = ""
            await pasted(pilot, text)
            line.value = text[:LONGEST]
            await look(pilot, "end")
            await pilot.press("enter")
            assert app.screen.query("#prompt"), text[:40]
        await pasted(pilot, NASTY)
        await until(pilot, lambda: shows(app, *IN_NASTY))
        for text in ("²", "١٢", "99999999999", "1e9", "-1", "0x1", "77 " * 5_000):
            await say(pilot, "")
            await pasted(pilot, text)
            assert_harmless(app)
        assert not said(app)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: app.screen.query("CommandInput"))
        for text in HOSTILE:
            if "\u0301" * 9 not in text:  # a tower of accents is the one thing that Textual's own line lets through
                await pasted(pilot, text)
        await look(pilot)


async def test_whatever_follows_a_command_is_text(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        for name in ("attach", "export", "outcome", "nothing"):
            for text in (HOSTILE[1], "n" * 10_000, NASTY, "\0", "~nobody-is-called-so/x", "optimizer", "/", "."):
                app.screen.query_one("#prompt").focus()
                await pasted(pilot, f"/{name} {text}")
                await look(pilot)
                while not app.screen.query("#prompt"):
                    await look(pilot, "escape")
                app.clear_notifications()
        assert app.is_running


async def test_a_pasted_megabyte_becomes_a_few_lines(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        for text in ("\n", "line\n", "\x1b[31m", "e" + "\u0301" * 9, "using adam "):
            await pilot.press("ctrl+g")
            app.screen.query_one("#prompt").focus()
            await pasted(pilot, text * (1_000_000 // len(text)))
            await look(pilot)
        assert app.screen.query_one(Conversation).virtual_size.height < 5 * 2 * LONGEST // 60


async def test_hostile_settings_are_told_as_text(tmp_path):
    folder = tmp_path / "settings"
    folder.mkdir()
    text = NASTY.replace("\udcff", "")
    keys = {
        text: text,
        "undo": text,
        "redo": HOSTILE[0],
        "later": HOSTILE[1],
        "more": "]",
        "talk": "[",
        "help": "\u0301",
    }
    (folder / "keymap.yaml").write_text(yaml.safe_dump(keys))
    settings = {"theme": text, "motion": [["[bold]"]], "[@click=app.quit]": "x", "": 1}
    (folder / "preferences.yaml").write_text(yaml.safe_dump(settings))
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 50)) as pilot:
        await until(pilot, lambda: app.screen.query("#start-list"))
        assert len(app._notifications) > 5
        await look(pilot)
        await begin(pilot)
        await look(pilot, "f2")
        app.clear_notifications()
        app.action_help()
        await until(pilot, lambda: app.screen.query("#help-panel"))
        await look(pilot)


async def test_a_hostile_path_is_text_where_a_report_is_written(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        for text in [*HOSTILE[::4], NASTY, "[bold]\x1b[31m\u202e.md"]:
            if not app.screen.query("#export-path"):
                await pilot.press("ctrl+s")
                await until(pilot, lambda: app.screen.query("#export-path"))
            app.screen.query_one("#export-path").value = text
            await look(pilot, "enter")
        await until(pilot, (desk / "[bold]\x1b[31m\u202e.md").exists)
        await until(pilot, lambda: any("[bold]\\x1b[31m\\u202e.md" in told.message for told in app._notifications))
        await look(pilot)


@given(st.lists(st.text(st.characters(exclude_categories=())), min_size=1))
def test_what_is_sent_is_as_wide_as_it_was_and_acts_on_nothing(texts):
    sent = Harmless().apply([Segment(text) for text in texts], Color(0, 0, 0))
    assert [segment.cell_length for segment in sent] == [cell_len(text) for text in texts]
    assert not {unicodedata.category(character) for segment in sent for character in segment.text} & ACTING


@given(st.text(st.characters(exclude_categories=())))
def test_a_line_of_input_shows_a_sign_for_each_character(value):
    shown = Text(value)
    StandIns().highlight(shown)
    assert len(shown.plain) == len(Text(value).plain)
    assert not {unicodedata.category(character) for character in shown.plain} & ACTING
    assert [
        new for new, old in zip(shown.plain, Text(value).plain, strict=True) if old.isascii() and old.isprintable()
    ] == [old for old in Text(value).plain if old.isascii() and old.isprintable()]
