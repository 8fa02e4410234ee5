"""What a person's hands do: type, point at what stands on the screen, turn the wheel."""

from rich.cells import cell_len
from textual.events import MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp, Paste
from textual.geometry import Offset

from tests.tui.apps import said, seen, until


async def pasted(pilot, text):
    """Paste, or drop files on the window."""
    pilot.app._driver.send_message(Paste(text))
    await pilot.pause()


def place_of(app, words, *, after=""):
    """Where words stand on the screen, the first below the line that holds ``after``; None where they do not."""
    lines = seen(app).splitlines()
    first = next((row for row, line in enumerate(lines) if after in line), len(lines))
    for row, line in enumerate(lines[first:], first):
        if words in line:
            return Offset(cell_len(line[: line.index(words)]), row)
    return None


async def click_on(pilot, words, *, after="", beside=0):
    """Click on words where they stand on the screen, or so many columns beside their beginning."""
    at = await _at_rest(pilot, words, after) + Offset(beside, 0)
    for event in (MouseMove, MouseDown, MouseUp):
        _send(pilot, event, at, button=0 if event is MouseMove else 1)
    await pilot.pause()


async def _at_rest(pilot, words, after, looks=5):
    """Where words stand once the screen has been the same for some looks: nobody aims at what still moves."""
    same, before = 0, None

    def rests():
        nonlocal same, before
        now = seen(pilot.app)
        same = same + 1 if now == before else 0
        before = now
        return same >= looks and place_of(pilot.app, words, after=after) is not None

    await until(pilot, rests)
    return place_of(pilot.app, words, after=after)


async def pointed(pilot, at):
    """Move the mouse to a place of the screen."""
    _send(pilot, MouseMove, at)
    await pilot.pause()


async def wheel(pilot, at, turns):
    """Turn the wheel over a place of the screen: down, or up where the turns are below zero."""
    for _ in range(abs(turns)):
        _send(pilot, MouseScrollDown if turns > 0 else MouseScrollUp, at)
    await pilot.pause()


async def wheel_until(pilot, at, turn, condition, most=200):
    """Turn the wheel over a place until something holds; notch by notch, for there is at most one for each paint."""
    for _ in range(most):
        if condition():
            return
        await wheel(pilot, at, turn)
    raise AssertionError(f"expected it to come about after {most} turns of the wheel, found:\n" + seen(pilot.app))


def _send(pilot, event, at, button=0):
    keys = {"shift": False, "meta": False, "ctrl": False}
    pilot.app._driver.send_message(event(None, *at, 0, 0, button, **keys, screen_x=at[0], screen_y=at[1]))


async def press_until(pilot, key, condition, most=60):
    """Press a key again and again until something holds."""
    for _ in range(most):
        if condition():
            return
        await pilot.press(key)
    raise AssertionError(f"expected it to come about after {most} times {key}, found:\n" + seen(pilot.app))


def flat(app):
    """What stands on the screen as one line, with one blank between words."""
    return " ".join(seen(app).split())


async def shows(pilot, *words):
    """Wait until words stand on the screen, broken into lines or not."""

    def all_there():
        text = flat(pilot.app)
        return all(word in text for word in words)

    await until(pilot, all_there)


async def counts(pilot, finding, *, wanted=True):
    """Wait until something is said of a finding, or nothing any more."""
    await until(pilot, lambda: (finding in said(pilot.app)) is wanted)


async def told(pilot, words):
    """Wait until a notice says so; on the screen its lines stand beside others."""
    await until(pilot, lambda: any(words in notice.message for notice in pilot.app._notifications))
