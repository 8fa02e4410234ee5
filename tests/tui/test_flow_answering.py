"""Answering, in the whole app: once by keys alone, once by mouse alone."""

import shutil

import pytest

from tests.tui.apps import NAN_LOG, app_of, begin, likeliest, said, seen, typed, until
from tests.tui.hands import click_on, counts, flat, pasted, place_of, press_until, shows
from triage.topics import NONE_OF_THESE
from tui.choices import ChoiceList
from tui.prompt import ChipList, PromptLine


def topic(app):
    return app.consultation.topic


def label(app, number):
    """The beginning of a choice as it stands on the screen, with its number before it."""
    return f"{number:>2}  {topic(app).choices[number - 1].label[:20]}"


async def asked(pilot):
    """A triage with a log at its first question, with the focus in its choices; by keys alone."""
    shutil.copy(NAN_LOG, "a.csv")
    await begin(pilot)
    await typed(pilot, "/attach a.csv")
    await until(pilot, lambda: topic(pilot.app).stage == "question")
    await pilot.press("escape")


async def asked_by_mouse(pilot):
    """The same by mouse alone: the log is dropped on the window."""
    await until(pilot, lambda: pilot.app.screen.query("#start-list"))
    await click_on(pilot, "New triage")
    await shows(pilot, "What is wrong?")
    await pasted(pilot, str(NAN_LOG))
    await until(pilot, lambda: topic(pilot.app).stage == "question")
    await pilot.pause()


async def test_keys_answer_by_number_by_arrows_by_several_and_go_back_and_forth(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await asked(pilot)
        first, state = topic(app).finding, topic(app).choices[1].state
        await pilot.press("2")
        await counts(pilot, first)
        assert likeliest(app, first) == state
        await until(pilot, lambda: topic(app).finding != first)
        second, state = topic(app).finding, topic(app).choices[2].state
        await pilot.press("down", "down", "enter")
        await counts(pilot, second)
        assert likeliest(app, second) == state
        third = topic(app).finding
        await pilot.press("space", "down", "space", "enter")
        await counts(pilot, third)
        one, other, *rest = said(app)[third].likelihood
        assert one == other > max(rest)
        for key, wanted in (("ctrl+z", False), ("ctrl+y", True)):
            await pilot.press(key)
            await counts(pilot, third, wanted=wanted)
        await shows(pilot, "It counts again")
        await pilot.press("ctrl+b")
        await until(pilot, lambda: topic(app).stage in ("revision", "outcome") and "*" in seen(app))
        assert topic(app).finding == third
        await pilot.press("2")
        await until(pilot, lambda: topic(app).stage not in ("revision", "outcome"))
        one, other, *rest = said(app)[third].likelihood
        assert other > max(one, *rest)


async def test_the_mouse_answers_and_goes_back_and_forth(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(60, 20)) as pilot:
        await asked_by_mouse(pilot)
        first, state = topic(app).finding, topic(app).choices[1].state
        await click_on(pilot, label(app, 2))
        await counts(pilot, first)
        assert likeliest(app, first) == state
        await click_on(pilot, "Undo", after="I don't know")
        await counts(pilot, first, wanted=False)
        await shows(pilot, "Undone")
        await click_on(pilot, label(app, 1))
        await counts(pilot, first)
        await click_on(pilot, " Back ", beside=1)
        await until(pilot, lambda: topic(app).stage == "revision")
        await click_on(pilot, "2  ", after="What is it really?")
        await until(pilot, lambda: topic(app).stage != "revision")
        assert likeliest(app, first) == state


@pytest.mark.parametrize("how", ["keys", "mouse"])
async def test_later_not_known_why_and_doubt(desk, tmp_path, how):
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50) if how == "keys" else (80, 24)) as pilot:
        if how == "keys":
            await asked(pilot)
        else:
            await asked_by_mouse(pilot)

        async def give(key, words):
            if how == "keys":
                await pilot.press(key)
            else:
                await click_on(pilot, words)

        first = topic(app).finding
        await give("question_mark", "Why?")
        await shows(pilot, "it falls to" if "it falls to" in flat(app) else "it rises to")
        assert "If " in seen(app)
        await give("ctrl+l", "Later")
        await until(pilot, lambda: topic(app).finding != first)
        second = topic(app).finding
        await give("ctrl+d", "I don't know")
        await counts(pilot, second)
        assert said(app)[second].says_nothing
        assert first not in said(app)
        await shows(pilot, "not known")
        if how == "keys":
            await pilot.press("f8")
            await shows(pilot, "stands at", "What would change that most")
            third = topic(app).finding
            await pilot.press("1")
            await counts(pilot, third)
        else:
            third = topic(app).finding
            await click_on(pilot, label(app, 1))
            await counts(pilot, third)
        await give("ctrl+b", " Back ")
        await until(pilot, lambda: topic(app).stage == "revision")
        await give("ctrl+d", "I don't know")
        await until(pilot, lambda: said(app)[third].says_nothing)
        assert topic(app).stage == "question"


async def test_keys_say_it_in_own_words_and_remove_what_is_not_meant(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await typed(pilot, "using adam, loss is nan, no gradient clipping")
        await shows(pilot, "✕ Optimizer: Adam", "✕ NaN or Inf in the loss", "✕ Gradient clipping: Never")
        assert not said(app)
        await press_until(pilot, "shift+tab", lambda: isinstance(app.focused, ChipList))
        await pilot.press("home", "delete")
        await until(pilot, lambda: "✕ Optimizer" not in seen(app))
        await press_until(pilot, "tab", lambda: isinstance(app.focused, PromptLine))
        await pilot.press("enter")
        await counts(pilot, "nan_onset")
        assert said(app).keys() == {"nan_onset", "gradient_clipping"}
        assert likeliest(app, "gradient_clipping") == "not_used"
        await shows(pilot, "› Gradient clipping: Never")
        assert "✕" not in seen(app)


async def test_the_mouse_removes_what_is_not_meant_and_lets_the_rest_count(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(60, 20)) as pilot:
        await begin(pilot)
        await typed(pilot, "using adam, fp16")
        await shows(pilot, "✕ Optimizer: Adam", "Number format")
        await click_on(pilot, "✕ Optimizer")
        await until(pilot, lambda: "✕ Optimizer" not in seen(app))
        await click_on(pilot, "Let it count")
        await until(pilot, lambda: said(app))
        assert "optimizer" not in said(app)
        assert len(said(app)) == 1


async def test_words_that_name_nothing_are_told_so_and_escape_empties_the_line(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(60, 20)) as pilot:
        await begin(pilot)
        await typed(pilot, "i am tired")
        await shows(pilot, "did not recognise a symptom")
        await typed(pilot, "using adam", end="")
        assert "› using adam" in seen(app)
        await pilot.press("escape")
        assert "› using adam" not in seen(app)
        assert isinstance(app.focused, ChoiceList)
        await pilot.press("end", "enter")
        await shows(pilot, f"› {NONE_OF_THESE}")
        assert topic(app).stage == "question"
        assert not said(app)


@pytest.mark.parametrize("keys", [("space", "down", "down", "space", "enter"), ("1", "comma", "3", "enter")])
async def test_several_symptoms_are_brought_up_at_once(desk, tmp_path, keys):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        first, third = (topic(app).choices[place].state.partition("=") for place in (0, 2))
        assert first[0] != third[0]
        await pilot.press(*keys[:-1])
        assert seen(app).count("✓") == (2 if "space" in keys else 0)
        await pilot.press(keys[-1])
        await counts(pilot, third[0])
        assert {finding: likeliest(app, finding) for finding in said(app)} == {one[0]: one[2] for one in (first, third)}
        await until(pilot, lambda: topic(app).stage == "question")


@pytest.mark.parametrize("how", ["keys", "mouse"])
async def test_an_answer_is_revised_and_taken_back_in_the_evidence(desk, tmp_path, how):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await typed(pilot, "using adam")
        await pilot.press("enter")
        await counts(pilot, "optimizer")
        if how == "keys":
            await pilot.press("f5", "down", "enter")
        else:
            await click_on(pilot, "Evidence")
            await click_on(pilot, "Optimizer: Adam")
        await until(pilot, lambda: topic(app).finding == "optimizer")
        await shows(pilot, "What is it really?", "* 1 Adam")
        if how == "keys":
            await pilot.press("3")
        else:
            await click_on(pilot, label(app, 3))
        await until(pilot, lambda: likeliest(app, "optimizer") == "sgd")
        await shows(pilot, "› Optimizer: Plain SGD")
        if how == "keys":
            await pilot.press("f5", "down", "delete")
        else:
            await click_on(pilot, "Undo", after="I don't know")
            await shows(pilot, "Undone: Optimizer: Plain SGD")
            await click_on(pilot, "Undo", after="I don't know")
        await counts(pilot, "optimizer", wanted=False)
        if how == "keys":
            await shows(pilot, "Nothing yet")
            assert place_of(app, "Optimizer") is None
