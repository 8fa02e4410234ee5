"""Palette, help, colours, motion and keys, in the whole app: by keys alone and by mouse alone."""

import pytest
from rich.cells import cell_len
from textual.command import CommandPalette

from tests.tui.apps import NAN_LOG, app_of, begin, own_keys, seen, typed, until
from tests.tui.hands import click_on, counts, flat, pasted, place_of, press_until, shows, told
from tui.colours import ORDER
from tui.commands import COMMANDS
from tui.help_screen import HelpScreen
from tui.preferences import read_preferences
from tui.start_screen import StartScreen
from tui.triage_screen import TriageScreen


async def test_keys_find_every_command_in_the_palette_and_run_one(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        for command in COMMANDS:
            await typed(pilot, command.title, end="")
            await shows(pilot, f"{command.title} {command.help[:30]}")
            await pilot.press("ctrl+u")
        await typed(pilot, "Evidence", end="")
        await shows(pilot, "Evidence What was seen and said")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TriageScreen))
        await shows(pilot, "Nothing yet. Attach a log or answer a question.")


async def test_the_mouse_runs_a_command_of_the_palette_and_opens_and_closes_help(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await click_on(pilot, "^p palette")
        await click_on(pilot, "Causes", after="Search")
        await until(pilot, lambda: (isinstance(app.screen, TriageScreen) and "░" in seen(app)) or "····" in seen(app))
        await click_on(pilot, "f1 Help")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await shows(pilot, "Keys and commands")
        for _ in range(60):
            if place_of(app, "Close", after="Here, at this moment") is not None:
                break
            await pilot.press("pagedown")
        await click_on(pilot, " Close ", beside=1)
        await until(pilot, lambda: isinstance(app.screen, TriageScreen))


async def test_help_names_every_command_with_its_key_and_closes(desk, tmp_path):
    own_keys(tmp_path, "undo: ctrl+k\n")
    app = app_of(tmp_path)
    async with app.run_test(size=(120, 90)) as pilot:
        await begin(pilot)
        await pilot.press("f1")
        await shows(pilot, "Keys and commands")
        lines = seen(app).splitlines()
        for command in COMMANDS:
            line = next(line for line in lines if f" /{command.name} " in line)
            wanted = "ctrl+k" if command.name == "undo" else command.key
            assert wanted.replace("ctrl+", "^") in line
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, TriageScreen))
        await typed(pilot, "/help")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, TriageScreen))


async def test_a_key_of_ones_own_does_it_and_the_usual_one_no_longer(desk, tmp_path):
    own_keys(tmp_path, "undo: ctrl+k\nevidence: f12\n")
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await pilot.press("2")
        await typed(pilot, "", end="enter")
        await counts(pilot, "speed_of_descent")
        await shows(pilot, "^k Undo")
        await pilot.press("escape", "f5")
        assert "Evidence" in seen(app)
        assert "Speed of descent: " not in seen(app).splitlines()[1]
        await pilot.press("f12")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "evidence")
        await pilot.press("ctrl+z")
        await pilot.pause()
        await pilot.press("ctrl+k")
        await counts(pilot, "speed_of_descent", wanted=False)
        await shows(pilot, "Undone")
        assert flat(app).count("Undone") == 1


async def test_settings_that_cannot_be_used_are_told_and_do_not_stop_the_start(desk, tmp_path):
    own_keys(tmp_path, "undoo: ctrl+k\nredo: [\n")
    (tmp_path / "settings" / "preferences.yaml").write_text("theme: purple\n")
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StartScreen))
        await told(pilot, "keymap.yaml:3: expected YAML")
        await told(pilot, "expected one of dark, light, terminal, found purple")
        await shows(pilot, "purple.")
        assert app.theme == "dark"
        await begin(pilot)
        await pilot.press("ctrl+t")
        await shows(pilot, "Colours: light")


@pytest.mark.parametrize("no_color", [False, True])
async def test_what_is_told_can_be_read_as_text_in_every_theme(desk, tmp_path, monkeypatch, no_color):
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await begin(pilot)
        await pasted(pilot, str(NAN_LOG))
        await until(pilot, lambda: app.consultation.topic.stage == "question")
        await pilot.press("1")
        await until(pilot, lambda: app.consultation.topic.diagnosis and app.consultation.session.reports)
        leading = app.consultation.topic.diagnosis.causes[0]
        shown = None
        for theme in ORDER:
            assert app.theme == theme
            main = flat(app)
            assert f"% {leading.title}" in main
            assert "▲" in main, "what rose is told by a sign"
            assert "× NaN or infinite" in main, "what is lost is told in words"
            assert " 1 NaN or Inf in the loss" in main, "what was seen has a number"
            assert "› Task: " in main, "what was said has a sign"
            shown = shown or seen(app)
            assert seen(app) == shown, "the same stands there in every theme"
            await pilot.press("ctrl+t")
            await until(pilot, lambda before=theme: app.theme != before)
        await pilot.press("f3", "home", "enter", "2")
        await shows(pilot, "For and against", "against │ for", "+")
        assert "−" in seen(app), "what speaks against has a sign"
        if no_color:
            strips = app.screen._compositor.render_strips()
            styles = [segment.style for strip in strips for segment in strip if segment.style]
            colours = {colour.triplet for style in styles for colour in (style.color, style.bgcolor) if colour}
            assert all(max(triplet) - min(triplet) <= 1 for triplet in colours if triplet)


async def test_colours_and_motion_are_kept_for_the_next_time(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await begin(pilot)
        assert app.animation_level == "full"
        await pilot.press("ctrl+t", "f10")
        await shows(pilot, "Colours: light", "Reduced motion.")
        assert app.animation_level == "none"
    kept = read_preferences(tmp_path / "settings", ())
    assert (kept.theme, kept.motion) == ("light", "reduced")
    again = app_of(tmp_path)
    async with again.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: isinstance(again.screen, StartScreen))
        assert (again.theme, again.animation_level) == ("light", "none")
        await begin(pilot)
        moved = []
        again.animator.animate = lambda *given, **more: moved.append(given)
        await pilot.press("f3", "f5", "f2", "end", "home", "pagedown", "f6", "pagedown", "escape")
        assert not moved


async def test_the_terminal_can_be_resized_at_any_moment(desk, tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await begin(pilot)
        await pasted(pilot, str(NAN_LOG))
        await until(pilot, lambda: app.consultation.session.history is not None)
        for keys in (["f3"], ["f4"], ["f5"], ["f1"], ["escape", "ctrl+o"], ["escape", "f6"], ["escape", "f2"]):
            await pilot.press(*keys)
            for size in [(30, 8), (100, 30)]:
                await pilot.resize_terminal(*size)
                await until(pilot, lambda width=size[0]: {cell_len(line) for line in seen(app).splitlines()} == {width})
        await press_until(pilot, "escape", lambda: isinstance(app.screen, TriageScreen), most=3)
        await shows(pilot, "Question 1")
