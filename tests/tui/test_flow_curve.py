"""The curve, in the whole app: reached, looked at more closely and explained, by keys alone and by mouse alone."""

import shutil

import pytest
from textual.geometry import Offset

from tests.tui.apps import DATA, app_of, begin, seen, typed, until
from tests.tui.hands import click_on, flat, pasted, pointed, press_until, shows, wheel_until
from tui.curve_panel import CurvePanel
from tui.curve_plot import Plot

LOG = DATA / "overfitting.csv"


def panel(app):
    return app.screen.query_one(CurvePanel)


def window(app):
    sight = panel(app)._sight.window
    return sight.low, sight.high


@pytest.mark.parametrize("size", [(80, 24), (160, 50), (60, 20)])
async def test_keys_lead_to_the_curve_and_look_into_it(desk, tmp_path, size):
    shutil.copy(LOG, desk / "a.csv")
    app = app_of(tmp_path)
    async with app.run_test(size=size) as pilot:
        await begin(pilot)
        await pilot.press("f4")
        await shows(pilot, "No log is attached yet")
        await pilot.press("f2")
        await typed(pilot, "/attach a.csv")
        await until(pilot, lambda: app.consultation.session.history is not None)
        await pilot.press("f4")
        await until(pilot, lambda: app.focused is panel(app))
        await shows(pilot, "⠒o⠒")
        whole = window(app)
        first = flat(app)
        await pilot.press("plus", "plus")
        await until(pilot, lambda: window(app)[1] - window(app)[0] < 0.6 * (whole[1] - whole[0]))
        await shows(pilot, "whole")
        before = window(app)
        await pilot.press("left")
        await until(pilot, lambda: window(app)[0] < before[0])
        await pilot.press("0")
        await until(pilot, lambda: window(app) == whole)
        await until(pilot, lambda: flat(app) == first)

        scales = {"log", "linear"}
        was = next(word for word in scales if word in flat(app).split())
        await pilot.press("l")
        await until(pilot, lambda: next(iter(scales - {was})) in flat(app).split())
        await pilot.press("s")
        await until(pilot, lambda: app.screen.query_one("#curve-second", Plot).display or "below" in flat(app))
        total = len(panel(app)._sight.seen)
        assert total > 1
        told = set()
        for _ in range(total):
            await pilot.press("right_square_bracket")
            await until(pilot, lambda: f"of {total}" in flat(app))
            told |= {place for place in range(1, total + 1) if f"{place} of {total}" in flat(app)}
        assert told == set(range(1, total + 1)), "each finding can be stepped to"
        await pilot.press("f2")
        await until(pilot, lambda: app.focused.id == "choices")


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_the_mouse_leads_to_the_curve_and_looks_into_it(desk, tmp_path, size):
    app = app_of(tmp_path)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen.query("#start-list"))
        await click_on(pilot, "New triage")
        await shows(pilot, "What is wrong?")
        await pasted(pilot, str(LOG))
        await until(pilot, lambda: app.consultation.session.history is not None)
        if size[0] < 120:
            await click_on(pilot, "Curve")
        await shows(pilot, "⠒o⠒", "linear scale" if "linear scale" in flat(app) else "log scale")
        plot = app.screen.query_one("#curve-loss", Plot)
        whole, middle = window(app), plot.region.offset + Offset(plot.region.width // 2, plot.region.height // 2)
        await wheel_until(pilot, middle, -1, lambda: window(app)[1] - window(app)[0] < 0.6 * (whole[1] - whole[0]))
        await wheel_until(pilot, middle, 1, lambda: window(app) == whole)
        await wheel_until(pilot, middle, -1, lambda: window(app) != whole)
        await click_on(pilot, "whole")
        await until(pilot, lambda: window(app) == whole)
        now, other = ("linear", "log") if "linear scale" in flat(app) else ("log", "linear")
        await click_on(pilot, f"{now} scale")
        await shows(pilot, f"{other} scale")

        total = len(panel(app)._sight.seen)
        marks = app.screen.query_one("#curve-marks").region
        row = seen(app).splitlines()[marks.y]
        marked = next(number for number in range(1, total + 1) if str(number) in row[marks.x : marks.right])
        await click_on(pilot, "›", after=f"of {total}" if f"of {total}" in seen(app) else "‹")
        await shows(pilot, f"of {total}")
        await pointed(pilot, Offset(row.index(str(marked), marks.x), plot.region.y + 2))
        await shows(pilot, f"{marked} of {total}")


async def test_the_curve_is_among_what_tab_reaches_where_all_is_in_view(desk, tmp_path):
    shutil.copy(LOG, desk / "a.csv")
    app = app_of(tmp_path)
    async with app.run_test(size=(160, 50)) as pilot:
        await begin(pilot)
        await typed(pilot, "/attach a.csv")
        await until(pilot, lambda: app.consultation.session.history is not None)
        await press_until(pilot, "tab", lambda: app.focused is panel(app), most=12)
        await pilot.press("plus")
        await shows(pilot, "whole")
