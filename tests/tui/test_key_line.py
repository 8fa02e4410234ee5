"""The line of keys at the bottom of a screen."""

import gc

from textual.widget import Widget

from tests.tui.apps import app_of, begin, own_keys, seen, until
from tests.tui.hands import click_on
from tui.help_screen import HelpScreen
from tui.triage_screen import TriageScreen


def last_line(app):
    return seen(app).splitlines()[-1].strip()


async def test_it_names_the_keys_of_the_screen_and_the_palette_on_the_right(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await until(pilot, lambda: last_line(app).startswith("f1 Help  f6 Verdict  ^o Attach"))
        assert last_line(app).endswith("^p palette")


async def test_it_follows_the_screen_that_is_on_top(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await pilot.press("f6")
        await until(pilot, lambda: last_line(app).endswith("esc Back"))
        await pilot.press("escape")
        await until(pilot, lambda: last_line(app).startswith("f1 Help"))


async def test_a_key_of_ones_own_stands_there(desk, tmp_path):
    own_keys(tmp_path, "verdict: ctrl+k\n")
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await until(pilot, lambda: "  ^k Verdict  " in last_line(app))


async def test_a_click_on_the_words_of_a_key_presses_it_and_a_click_beside_them_nothing(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(120, 30)) as pilot:
        await begin(pilot)
        await click_on(pilot, "^q Quit", beside=12)
        await pilot.pause(0.1)
        assert isinstance(app.screen, TriageScreen)
        assert app.is_running
        await click_on(pilot, "Help")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def test_help_opened_again_and_again_leaves_no_widgets_behind(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)

        async def look_at_help(times):
            for _ in range(times):
                await pilot.press("f1")
                await until(pilot, lambda: isinstance(app.screen, HelpScreen))
                await pilot.press("escape")
                await until(pilot, lambda: isinstance(app.screen, TriageScreen))
            gc.unfreeze()
            gc.collect()
            return sum(issubclass(type(thing), Widget) for thing in gc.get_objects())

        before = await look_at_help(2)
        assert await look_at_help(10) <= before
