"""The curve panel while what it shows changes: a log comes and goes, is long, or grows."""

import dataclasses

import numpy as np

from tests.tui.curve_app import CurveApp, row_of, settle, text
from tests.tui.test_curve_data import history_of
from tests.tui.views import view_of
from triage.session import Session
from tui.curve_data import Drawing
from tui.curve_panel import LONG


async def test_the_log_can_come_and_go(view, real_base):
    empty = view_of(Session(real_base))
    app = CurveApp(empty)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.panel.show(view("overfitting"))
        await settle(pilot)
        assert app.plot.display
        assert "⠒" in text(app)
        app.panel.show(empty)
        await settle(pilot)
        assert not app.plot.display
        assert "No log is attached yet" in text(app)


async def test_the_same_history_is_not_worked_out_again(view):
    overfitting = view("overfitting")
    app = CurveApp(overfitting)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        drawing, pictures = app.panel._sight.drawing, dict(app.panel._pictures)
        app.panel.show(dataclasses.replace(overfitting, can_undo=False))
        await settle(pilot)
        assert app.panel._sight.drawing is drawing
        assert all(app.panel._pictures[key] is picture for key, picture in pictures.items())


async def test_a_long_run_is_worked_out_in_a_thread_and_says_so_meanwhile(shown, monkeypatch):
    import threading

    from tui import curve_panel

    gate, threads = threading.Event(), []

    def slowly(*given):
        threads.append(threading.current_thread())
        gate.wait(60)
        return curve_panel_drawing(*given)

    curve_panel_drawing = curve_panel.drawing_of
    monkeypatch.setattr(curve_panel, "drawing_of", slowly)
    app = CurveApp(shown(history_of(train_loss=np.linspace(2, 1, LONG + 1), grad_norm=np.ones(LONG + 1))))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "Drawing the curve" in text(app)
        gate.set()
        await app.workers.wait_for_complete()
        await settle(pilot)
        assert "Drawing the curve" not in text(app)
        assert app.plot.display
        await pilot.press("s")
        await app.workers.wait_for_complete()
        await settle(pilot)
        assert "1" in row_of(app, "#curve-steps")
        assert threading.main_thread() not in threads
        assert len(threads) == 2


async def test_a_run_that_grows_while_it_is_worked_out_is_drawn_as_it_is_in_the_end(shown, monkeypatch):
    from tui import curve_panel

    sizes = []
    real = curve_panel.drawing_of

    def noting(history, *more):
        sizes.append(history.rows)
        return real(history, *more)

    monkeypatch.setattr(curve_panel, "drawing_of", noting)
    app = CurveApp(shown(history_of(train_loss=np.ones(LONG + 1))))
    async with app.run_test(size=(80, 24)) as pilot:
        for more in (2, 3, 4):
            app.panel.show(shown(history_of(train_loss=np.ones(LONG + more))))
        for _ in range(200):
            await app.workers.wait_for_complete()
            await settle(pilot)
            if app.panel._sight.known is not None:
                break
        assert isinstance(app.panel._sight.known, Drawing)
        assert app.window.high == LONG + 3
        assert sizes[-1] == LONG + 4
        assert len(sizes) < 4


async def test_a_followed_run_keeps_the_closer_look_and_otherwise_shows_all(shown):
    values = np.linspace(2, 1, 300)
    app = CurveApp(shown(history_of(train_loss=values[:100])))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.panel.show(shown(history_of(train_loss=values[:200])))
        assert (app.window.low, app.window.high) == (0, 199)
        await pilot.press("plus")
        closer = app.window
        app.panel.show(shown(history_of(train_loss=values)))
        await settle(pilot)
        assert app.window == closer
        app.panel.show(shown(history_of(train_loss=values, files=("other.csv",))))
        assert app.panel._sight.sees_all
