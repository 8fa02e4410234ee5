"""The curve panel at any size, in any theme, of any history."""

import dataclasses

import numpy as np
import pytest

from tests.tui.curve_app import CurveApp, is_drawn, screen_lines, settle, text, words
from tests.tui.test_curve_data import history_of

HOSTILE = "[bold red]\x1b[31m\u202e\x00e\ud800" + "w" * 300
SIZES = [(30, 8), (40, 12), (45, 16), (60, 20), (70, 10), (80, 24), (100, 25), (160, 50)]


@pytest.mark.parametrize("log", ["exploding_gradients", "log_of_zero", "overfitting"])
async def test_it_fits_at_every_size(view, log):
    seen = view(log)
    app = CurveApp(seen)
    async with app.run_test(size=(80, 24)) as pilot:
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await app.show_anew(seen)
            await settle(pilot)
            await pilot.press("s")
            await settle(pilot)
            parts = [part for part in app.panel.children if part.display]
            assert parts[-1].id == "curve-finding"
            assert parts[-1].region.bottom == app.panel.region.bottom == size[1]
            for part in parts:
                assert part.region.height > 0
                assert app.panel.region.contains_region(part.region)
            assert app.plot.size_inside[1] >= 2
            assert is_drawn(app)
            assert app.query_one("#curve-second").display == (size[1] >= 15 and log != "log_of_zero")
            box = app.query_one("#curve-finding")
            if size[1] < 12:
                assert box.size.height == 1
            assert box.virtual_size.width <= box.size.width


async def test_nothing_breaks_where_there_is_no_room(view):
    seen = view("log_of_zero")
    app = CurveApp(seen)
    async with app.run_test(size=(80, 24)) as pilot:
        for size in [(1, 1), (5, 2), (10, 3), (20, 5), (12, 40), (200, 4)]:
            await pilot.resize_terminal(*size)
            await app.show_anew(seen)
            await pilot.press("s", "plus", "left", "l", "right_square_bracket")
            await settle(pilot)
            await pilot.resize_terminal(80, 24)
            await settle(pilot)
            assert is_drawn(app)


async def test_another_size_is_drawn_anew(view):
    app = CurveApp(view("overfitting"))
    async with app.run_test(size=(60, 20)) as pilot:
        await settle(pilot)
        await pilot.resize_terminal(100, 25)
        await settle(pilot)
        resized = screen_lines(app)[: app.query_one("#curve-steps").region.bottom]
    other = CurveApp(view("overfitting"))
    async with other.run_test(size=(100, 25)) as pilot:
        await settle(pilot)
        assert screen_lines(other)[: len(resized)] == resized


@pytest.mark.parametrize("themes", [("dark", "light", "textual-dark", "nord"), ("ansi-dark", "ansi-light")])
async def test_every_theme_draws_the_same_shapes_in_its_own_colours(view, themes):
    app = CurveApp(view("overfitting"), ansi=themes[0].startswith("ansi"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        rows = slice(app.plot.region.y, app.plot.region.bottom)
        shapes, before = screen_lines(app)[rows], app.plot._style("curve--first")
        for theme in themes:
            app.theme = theme
            await settle(pilot)
            assert screen_lines(app)[rows] == shapes
            style = app.plot._style("curve--first")
            assert style in {dataset.line_style for dataset in app.plot._datasets if hasattr(dataset, "line_style")}
            assert (style != before) == (theme != "textual-dark")


async def test_hostile_names_are_shown_as_text_and_break_nothing(shown, view):
    name = f"train_loss/{HOSTILE}"
    columns = {"train_loss": [3.0, 2.0, 1.0], name: [1.0, 2.0, 3.0]}
    history = dataclasses.replace(history_of(**columns), step_unit=HOSTILE)
    hostile = shown(history, "overfitting")
    findings = [
        finding.model_copy(update={"message": HOSTILE, "steps": (0.0, 1.0)}) for finding in hostile.diagnosis.findings
    ]
    diagnosis = hostile.diagnosis.model_copy(update={"findings": findings})
    app = CurveApp(dataclasses.replace(hostile, diagnosis=diagnosis))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("s")
        await settle(pilot)
        assert "[bold red]\\x1b[31m\\u202e" in words(app, "#curve-second-title")
        assert "[bold red]" in words(app, "#curve-words")
        shown_text = text(app)
        assert not set(shown_text) & {"\x1b", "\u202e", "\x00", "\ud800"}
        assert all(app.panel.region.contains_region(part.region) for part in app.panel.children if part.display)


ODD = {
    "one row": {"train_loss": [1.0]},
    "all lost": {"train_loss": [np.nan, np.inf, -np.inf]},
    "no loss": {"grad_norm": [1.0, 2.0]},
    "constant": {"train_loss": [0.0] * 9, "val_loss": [0.0] * 9},
    "largest": {"train_loss": [-1.7e308, 1.7e308, 0.0], "val_loss": [1e-320, 1.0, 2.0]},
    "every other lost": {"train_loss": [1.0, np.nan] * 200},
    "negative": {"train_loss": [-1.0, -2.0, -3.0]},
}


@pytest.mark.parametrize("steps", ["counted", "back and forth", "far apart", "none"])
async def test_odd_histories_are_drawn_without_a_fault(shown, view, steps):
    app = CurveApp(view("exploding_gradients"))
    async with app.run_test(size=(60, 20)) as pilot:
        for case, columns in ODD.items():
            rows = len(next(iter(columns.values())))
            places = {
                "counted": None,
                "back and forth": np.arange(rows) % 3,
                "far apart": np.linspace(-1e299, 1e299, rows) if rows > 1 else [1e299],
                "none": np.full(rows, np.nan),
            }[steps]
            await app.show_anew(shown(history_of(places, **columns), "exploding_gradients"))
            for key in ("l", "s", "plus", "plus", "right", "shift+up", "up", "right_square_bracket", "minus", "l", "0"):
                await pilot.press(key)
            await settle(pilot)
            legend = words(app, "#curve-legend")
            if case == "all lost" and steps != "none":
                assert "NaN or infinite: 3 of 3 values" in legend
            if case == "no loss":
                assert "No loss in this log" in legend
