"""The ranking and one cause in full, in the whole app: by keys alone and by mouse alone."""

import shutil

import pytest
from textual.geometry import Offset

from tests.tui.apps import NAN_LOG, app_of, begin, likeliest, said, seen, typed, until
from tests.tui.hands import click_on, counts, flat, pasted, place_of, press_until, shows, wheel_until
from triage.report.figures import percent
from tui.cause_screen import CauseScreen
from tui.pressable import Pressable
from tui.standing import CausesPanel
from tui.triage_screen import TriageScreen


def diagnosis(app):
    return app.consultation.topic.diagnosis


def leading(app):
    return diagnosis(app).causes[0]


def probability(app, cause):
    return next(found.probability for found in diagnosis(app).causes if found.id == cause)


async def with_log(pilot):
    """A triage with a log, by keys alone, with the focus in the choices."""
    shutil.copy(NAN_LOG, "a.csv")
    await begin(pilot)
    await typed(pilot, "/attach a.csv")
    await until(pilot, lambda: pilot.app.consultation.topic.stage == "question")
    await pilot.press("escape")


async def with_log_by_mouse(pilot):
    await until(pilot, lambda: pilot.app.screen.query("#start-list"))
    await click_on(pilot, "New triage")
    await shows(pilot, "What is wrong?")
    await pasted(pilot, str(NAN_LOG))
    await until(pilot, lambda: pilot.app.consultation.topic.stage == "question")


def stood(line):
    """The figure and the signed change of a line of the strip."""
    return line.split("%")[0].strip(), [sign for sign in "▲▼" if sign in line]


async def test_the_ranking_moves_with_every_answer_and_says_so_with_a_sign(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await with_log(pilot)
        before = diagnosis(app)
        await pilot.press("ctrl+z")
        await until(pilot, lambda: diagnosis(app).causes[0].probability != before.causes[0].probability)
        without = diagnosis(app)
        await pilot.press("ctrl+y")
        await until(pilot, lambda: diagnosis(app).causes[0].id == before.causes[0].id)
        first = leading(app)
        figure, signs = stood(seen(app).splitlines()[1])
        assert f"{figure} %" == percent(first.probability).strip()
        assert signs == ["▲"]
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(app.focused, CausesPanel))
        lines = seen(app).splitlines()
        for cause in diagnosis(app).causes[:4]:
            row = next(row for row, line in enumerate(lines) if cause.title[:40] in line)
            assert percent(cause.probability).strip() in lines[row]
            assert "█" in lines[row + 1]
            assert "▲" in lines[row + 1]
        row = next(row for row, line in enumerate(lines) if "A fault not listed here" in line)
        assert ("▲" if diagnosis(app).not_listed > without.not_listed else "▼") in lines[row + 1]


async def test_all_causes_are_reached_by_keys_and_by_wheel(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await with_log(pilot)
        causes = diagnosis(app).causes
        assert place_of(app, causes[-1].title[:40]) is None
        await pilot.press("f3", "end")
        await shows(pilot, causes[-1].title[:40])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, CauseScreen))
        await shows(pilot, causes[-1].title[:40], "How it works")
        await pilot.press("escape", "home")
        assert place_of(app, causes[0].title[:40]) is not None
        found = set()

        def all_found():
            screen = seen(app)
            found.update(cause.id for cause in causes if cause.title[:40] in screen)
            return len(found) == len(causes)

        await wheel_until(pilot, Offset(20, 10), 1, all_found)


async def section(pilot, how, number, title):
    """Go to a section of the cause in full."""
    await (pilot.press(str(number)) if how == "keys" else click_on(pilot, f"{number} {title}"))
    await pilot.pause()


async def chosen(pilot, how, words):
    """Choose the line that begins so: by arrows and Enter, or by a click."""
    app = pilot.app
    if how == "keys":

        def there():
            return isinstance(app.focused, Pressable) and str(app.focused.content).startswith(words)

        await press_until(pilot, "down", there)
        await pilot.press("enter")
    else:
        middle = Offset(app.size.width // 2, app.size.height // 2)
        await wheel_until(
            pilot, middle, 1, lambda: (place_of(app, words) or Offset(0, app.size.height)).y < app.size.height - 1
        )
        await click_on(pilot, words)


@pytest.mark.parametrize(("how", "size"), [("keys", (80, 24)), ("mouse", (160, 50)), ("mouse", (60, 20))])
async def test_a_check_and_a_remedy_count_at_once_in_a_cause_in_full(desk, tmp_path, how, size):
    app = app_of(tmp_path)
    async with app.run_test(size=size) as pilot:
        await (with_log(pilot) if how == "keys" else with_log_by_mouse(pilot))
        cause = leading(app)
        if how == "keys":
            await pilot.press("f3", "home", "enter")
        else:
            if size[0] < 120:
                await click_on(pilot, "Causes")
            await click_on(pilot, f"{percent(cause.probability).strip()} {cause.title[:30]}")
        await until(pilot, lambda: isinstance(app.screen, CauseScreen))
        await shows(pilot, cause.title, percent(cause.probability).strip())

        await section(pilot, how, 4, "Checks")
        await shows(pilot, "What to check")
        card = next(iter(app.screen._cards["checks"]))
        check, choice = card.step.finding, card.step.choices[0]
        await chosen(pilot, how, f"○ {choice.label}")
        await counts(pilot, check)
        assert likeliest(app, check) == choice.state
        after = probability(app, cause.id)
        assert after != pytest.approx(cause.probability)
        way = "▲ up" if after > cause.probability else "▼ down"
        await shows(pilot, f"● {choice.label[:20]}", f"{percent(after).strip()} {way} from")

        await (pilot.press("ctrl+z") if how == "keys" else click_on(pilot, "^z Undo"))
        await counts(pilot, check, wanted=False)
        assert probability(app, cause.id) == pytest.approx(cause.probability)
        await shows(pilot, f"○ {choice.label[:20]}")

        await section(pilot, how, 5, "Remedies")
        await shows(pilot, "What to change")
        card = next(iter(app.screen._cards["remedies"]))
        trial, choice = card.step.finding, card.step.choices[0]
        await chosen(pilot, how, f"○ {choice.label}")
        await counts(pilot, trial)
        assert likeliest(app, trial) == choice.state
        assert probability(app, cause.id) != pytest.approx(cause.probability)
        await shows(pilot, "you said")

        await section(pilot, how, 6, "Sources")
        await shows(pilot, "Where this comes from", app.screen._sources[0].address)
        await (pilot.press("escape") if how == "keys" else click_on(pilot, "‹ Back"))
        await until(pilot, lambda: isinstance(app.screen, TriageScreen))
        assert set(said(app)) == {trial}
        await (pilot.press("f5") if how == "keys" or size[0] >= 120 else click_on(pilot, "Evidence"))
        await shows(pilot, app.consultation.session.base.finding(trial).title[:30])


async def test_a_cause_in_full_is_read_to_its_end_and_its_code_copied(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await with_log(pilot)
        await pilot.press("f3", "home", "enter")
        await until(pilot, lambda: isinstance(app.screen, CauseScreen))
        await pilot.press("c")
        await shows(pilot, "No code is in sight")
        await press_until(pilot, "pagedown", lambda: "Copy ]" in seen(app))
        await pilot.press("c")
        await shows(pilot, "code is copied")
        copied = app.clipboard
        assert len(copied.splitlines()) > 2
        assert copied.splitlines()[0].strip() in flat(app)
        app._clipboard = ""
        await click_on(pilot, "[ Copy ]", beside=2)
        await until(pilot, lambda: app.clipboard == copied)
        await press_until(pilot, "pagedown", lambda: "Where this comes from" in seen(app))
        await wheel_until(pilot, Offset(40, 12), -1, lambda: "What to change" in seen(app))
