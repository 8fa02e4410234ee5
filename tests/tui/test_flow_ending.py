"""The end of a triage, in the whole app: verdict, plan, outcomes and export, by keys alone and by mouse alone."""

import os
import shutil
from xml.etree import ElementTree

import pytest
from textual.widgets import Button, Input, OptionList

from tests.tui.apps import NAN_LOG, app_of, begin, likeliest, said, seen, typed, until
from tests.tui.hands import click_on, counts, flat, pasted, press_until, shows, told
from triage.diagnosis import Diagnosis
from triage.report.choice import verdict
from triage.report.figures import percent
from tui.cause_screen import CauseScreen
from tui.export_screen import ExportScreen
from tui.outcome import Outcome
from tui.pressable import Pressable
from tui.triage_screen import TriageScreen
from tui.verdict_screen import VerdictScreen

SUFFIXES = {"Markdown": ".md", "HTML": ".html", "JSON": ".json", "SVG": ".svg"}


def diagnosis(app):
    return app.consultation.topic.diagnosis


async def at_verdict(pilot):
    """The verdict of a triage with a log, by keys alone."""
    shutil.copy(NAN_LOG, "a.csv")
    await begin(pilot)
    await typed(pilot, "/attach a.csv")
    await until(pilot, lambda: pilot.app.consultation.topic.stage == "question")
    await pilot.press("f6")
    await until(pilot, lambda: isinstance(pilot.app.screen, VerdictScreen))
    await shows(pilot, verdict(diagnosis(pilot.app))[:40])


async def at_verdict_by_mouse(pilot):
    await until(pilot, lambda: pilot.app.screen.query("#start-list"))
    await click_on(pilot, "New triage")
    await shows(pilot, "What is wrong?")
    await pasted(pilot, str(NAN_LOG))
    await until(pilot, lambda: pilot.app.consultation.topic.stage == "question")
    await click_on(pilot, "f6 Verdict")
    await until(pilot, lambda: isinstance(pilot.app.screen, VerdictScreen))


def holds(app, path):
    """Whether a file is a report of its form on what is believed now."""
    text = path.read_text()
    leading = diagnosis(app).causes[0]
    match path.suffix:
        case ".json":
            return Diagnosis.model_validate_json(text).causes[0].id == leading.id
        case ".html":
            return "<script" not in text.lower() and leading.title in text
        case ".svg":
            return ElementTree.fromstring(text).tag.endswith("svg")
        case _:
            return leading.title in text and percent(leading.probability).strip() in text.replace("\xa0", " ")


@pytest.mark.parametrize("how", ["keys", "mouse"])
async def test_a_step_of_the_plan_is_opened_and_its_outcome_counts(desk, tmp_path, how):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24) if how == "keys" else (160, 50)) as pilot:
        await (at_verdict(pilot) if how == "keys" else at_verdict_by_mouse(pilot))
        before, first = diagnosis(app), diagnosis(app).plan[0]
        if how == "keys":
            titled = f"▸ {first.title[:20]}"
            await press_until(pilot, "down", lambda: str(app.focused.content).startswith(titled))
            await pilot.press("enter")
        else:
            await click_on(pilot, f"▸ {first.title[:20]}")
        await shows(pilot, f"▾ {first.title[:20]}")
        await until(pilot, lambda: app.screen.query(".outcome-choice"))
        choice = app.screen.query(".outcome-choice").first(Pressable)
        finding, words = choice.query_ancestor(Outcome)._finding, str(choice.content)
        if how == "keys":
            await press_until(pilot, "down", lambda: app.focused is choice)
            await pilot.press("enter")
        else:
            await click_on(pilot, words[:30])
        await counts(pilot, finding)
        assert likeliest(app, finding) == choice.key
        assert diagnosis(app).causes[0].probability != before.causes[0].probability
        await (pilot.press("ctrl+z") if how == "keys" else click_on(pilot, "^z Undo"))
        await counts(pilot, finding, wanted=False)
        assert diagnosis(app).causes[0].probability == pytest.approx(before.causes[0].probability)

        if how == "keys":
            await press_until(pilot, "up", lambda: app.focused.has_class("rank-title") or not app.focused.has_class)
            await press_until(pilot, "up", lambda: before.causes[0].title in str(app.focused.content))
            await pilot.press("enter")
        else:
            await click_on(pilot, before.causes[0].title[:20], after="What it may be")
        await until(pilot, lambda: isinstance(app.screen, CauseScreen))
        await shows(pilot, before.causes[0].title, "How it works")
        await (pilot.press("escape") if how == "keys" else click_on(pilot, "‹ Back"))
        await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
        await (pilot.press("escape") if how == "keys" else click_on(pilot, "Back to the conversation"))
        await until(pilot, lambda: isinstance(app.screen, TriageScreen))
        assert not said(app)


async def test_keys_export_each_form(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await at_verdict(pilot)
        for place, (form, suffix) in enumerate(SUFFIXES.items()):
            await pilot.press("ctrl+s")
            await until(pilot, lambda: isinstance(app.screen, ExportScreen))
            await press_until(pilot, "shift+tab", lambda: isinstance(app.focused, OptionList), most=5)
            await pilot.press(*["down"] * place)
            await shows(pilot, f"(•) {form}", f"triage-report{suffix}")
            await pilot.press("enter")
            assert isinstance(app.focused, Input)
            await pilot.press("enter")
            path = desk / f"triage-report{suffix}"
            await until(pilot, path.exists)
            await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
            assert holds(app, path)
            await shows(pilot, f"Written to triage-report{suffix}")


async def test_the_mouse_exports_each_form(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(60, 20)) as pilot:
        await at_verdict_by_mouse(pilot)
        for form, suffix in SUFFIXES.items():
            await click_on(pilot, "Export")
            await click_on(pilot, f") {form}")
            await shows(pilot, f"(•) {form}", f"triage-report{suffix}")
            await click_on(pilot, "Write", after="To the file")
            path = desk / f"triage-report{suffix}"
            await until(pilot, path.exists)
            await until(pilot, lambda: isinstance(app.screen, VerdictScreen))
            assert holds(app, path)


async def test_a_file_that_is_there_is_kept_and_a_place_that_cannot_be_written_is_told(desk, tmp_path):
    there = desk / "triage-report.md"
    there.write_text("my notes")
    locked = desk / "locked"
    locked.mkdir(mode=0o500)
    unwritable = "/proc/report.md" if os.geteuid() == 0 else "locked/report.md"
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await at_verdict(pilot)
        await pilot.press("ctrl+s", "enter")
        await shows(pilot, "There is such a file already", "Write over it")
        await pilot.press("escape")
        assert there.read_text() == "my notes"

        for path, problem in (("nowhere/report.md", "no such folder"), ("locked", "This is a folder")):
            await pilot.press("ctrl+s", "ctrl+u")
            await typed(pilot, path)
            await shows(pilot, problem)
            await pilot.press("escape")
        await pilot.press("ctrl+s", "ctrl+u")
        await typed(pilot, unwritable)
        await told(pilot, f"{unwritable}: expected a file that can be written")
        assert isinstance(app.screen, VerdictScreen), "the app goes on"

        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, TriageScreen))
        await typed(pilot, "/export triage-report.md")
        await until(pilot, lambda: isinstance(app.screen, ExportScreen))
        await pilot.press("enter")
        await shows(pilot, "There is such a file already")
        await press_until(pilot, "tab", lambda: isinstance(app.focused, Button), most=3)
        await pilot.press("enter")
        await until(pilot, lambda: there.read_text() != "my notes")
        assert holds(app, there)
        assert "Traceback" not in flat(app) + seen(app)
