"""The app as a person finds it, and what they see."""

from pathlib import Path

from textual.events import Key

from tui.app import TriageApp

DATA = Path(__file__).parents[1] / "data"
NAN_LOG = DATA / "nan_in_input.csv"
ADAM_LOG = DATA / "adam_second_moment_collapse.csv"


def own_keys(tmp_path, text):
    """Write a keymap into the folder of preferences of `app_of`."""
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "keymap.yaml").write_text(text)


async def until(pilot, condition, tries=600):
    """Wait until something holds; it is looked at whenever nothing else is under way."""
    for _ in range(tries):
        await pilot.pause(0.02)
        if condition():
            return
    raise AssertionError("expected it to come about, found:\n" + seen(pilot.app))


def app_of(tmp_path, **options):
    return TriageApp(preferences_folder=tmp_path / "settings", **options)


async def begin(pilot, key="1"):
    """Choose on the start screen and wait for the triage."""
    await until(pilot, lambda: pilot.app.screen.query("#start-list"))
    await pilot.press(key)
    await until(pilot, lambda: pilot.app.screen.query("#choices"))
    await pilot.pause()


async def attach(pilot, path):
    """Attach a log by its command, and wait until it counts."""
    await say(pilot, f"/attach {path}")
    await until(pilot, lambda: pilot.app.consultation.session.history is not None)
    await pilot.pause()


async def typed(pilot, text, *, end="enter"):
    """Type a text as fast as a terminal sends it, and end it; goes wherever typing goes at the moment."""
    for character in text:
        pilot.app._driver.send_message(Key("space" if character == " " else character, character))
    await pilot.pause()
    if end:
        await pilot.press(end)


async def say(pilot, text):
    """Type a line and end it; the line that was there is left first."""
    line = pilot.app.screen.query_one("#prompt")
    line.focus()
    await pilot.pause()
    line.value = ""
    await typed(pilot, text)
    await pilot.pause()


def seen(app):
    """What stands on the screen, as lines of text."""
    return "\n".join("".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips())


def said(app):
    """The answers that count, by finding."""
    session = app.consultation.session
    return {report.finding: report for report in session.reports if report.origin == "answer"}


def likeliest(app, finding):
    """The state that was said of a finding."""
    report = said(app)[finding]
    states = list(app.consultation.session.base.finding(finding).states)
    return states[max(range(len(states)), key=lambda place: report.likelihood[place])]
