"""From the start screen into a triage and back to it, in the whole app: by keys alone and by mouse alone."""

import pytest

from tests.tui.apps import app_of, begin, likeliest, said, seen, typed, until
from tests.tui.hands import click_on, counts, shows
from triage.shelf import saved_sessions
from tui.examples import examples
from tui.start_screen import StartScreen


async def at_start(pilot):
    await until(pilot, lambda: isinstance(pilot.app.screen, StartScreen) and "Saved triages" in seen(pilot.app))


async def told(pilot, example):
    """Wait until an example is on the screen with its story, and counts with its log and its answers."""
    app = pilot.app
    await until(pilot, lambda: app.consultation is not None and app.consultation.session.history is not None)
    await until(pilot, lambda: app.screen.query("#choices"))
    assert app.consultation.session.history.files == (str(example.log),)
    assert said(app).keys() == example.answers.keys()
    causes = [cause.id for cause in app.consultation.topic.diagnosis.causes]
    assert example.cause in causes[:5]
    leading = app.consultation.session.base.causes[causes[0]].title
    await shows(pilot, leading[:30])


async def test_keys_open_each_example_and_lead_back(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        for number, example in enumerate(examples(), 3):
            await at_start(pilot)
            await pilot.press(str(number))
            await told(pilot, example)
            await pilot.press("ctrl+r")
        await at_start(pilot)
        await shows(pilot, examples()[0].log.name, examples()[2].log.name)
    assert len(saved_sessions()) == 3


@pytest.mark.parametrize(("size", "place"), [((60, 20), 0), ((80, 24), 1), ((160, 50), 2)])
async def test_the_mouse_opens_each_example(desk, tmp_path, size, place):
    example = examples()[place]
    app = app_of(tmp_path)
    async with app.run_test(size=size) as pilot:
        await at_start(pilot)
        await click_on(pilot, example.title[:30])
        await told(pilot, example)
        if size[0] == 160:
            await shows(pilot, " ".join(example.story.split()[:3]))


async def test_keys_begin_leave_and_go_on_with_what_was_saved(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_start(pilot)
        await pilot.press("r")
        assert isinstance(app.screen, StartScreen), "nothing is saved yet that could be resumed"
        await pilot.press("ctrl+q")
    assert not saved_sessions()

    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot, "n")
        await typed(pilot, "using adam")
        await pilot.press("enter")
        await counts(pilot, "optimizer")
        await pilot.press("ctrl+r")
        await at_start(pilot)
        await pilot.press("r")
        await shows(pilot, "1 answer counts already")
        await pilot.press("down", "enter")
        await until(pilot, lambda: len(said(app)) == 2)
        await pilot.press("ctrl+q")
    saved = saved_sessions()
    assert [(entry.id, entry.answers) for entry in saved] == [(app.saved_id, 2)]

    app = app_of(tmp_path)
    async with app.run_test(size=(60, 20)) as pilot:
        await at_start(pilot)
        await shows(pilot, "2 answers")
        await pilot.press("6")
        await shows(pilot, "2 answers count already")
        assert likeliest(app, "optimizer") == "adam"
        assert app.saved_id == saved[0].id


async def test_the_mouse_begins_leaves_and_goes_on_with_what_was_saved(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_start(pilot)
        await click_on(pilot, "New triage")
        await shows(pilot, "What is wrong?")
        await click_on(pilot, "2  The loss falls, but far too slowly")
        await counts(pilot, "speed_of_descent")
        await click_on(pilot, "^q Quit")
        await until(pilot, lambda: not app.is_running)
    again = app_of(tmp_path)
    async with again.run_test(size=(80, 24)) as pilot:
        await at_start(pilot)
        await click_on(pilot, "today")
        await shows(pilot, "1 answer counts already")
        assert likeliest(again, "speed_of_descent") == "very_slow"
        assert again.saved_id == app.saved_id


async def test_a_triage_in_which_nothing_was_said_is_not_kept(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        assert len(saved_sessions()) == 1
        await pilot.press("ctrl+q")
    assert not saved_sessions()
