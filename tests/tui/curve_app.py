"""The curve panel in an app of its own, with real views and with histories of any kind."""

import dataclasses
from pathlib import Path

from textual.app import App
from textual.widgets import Static

from tests.tui.views import view_of
from triage.history import read_history
from triage.session import Session
from tui.colours import THEMES
from tui.curve_panel import CurvePanel
from tui.curve_plot import Plot

DATA = Path(__file__).parents[1] / "data"
STYLE = Path(__file__).parents[2] / "tui" / "styles" / "curve_panel.tcss"


class CurveApp(App):
    CSS_PATH = [STYLE]  # noqa: RUF012

    def __init__(self, view, ansi=False):
        super().__init__(ansi_color=ansi)
        self.view = view

    def compose(self):
        yield CurvePanel()

    def on_mount(self):
        for theme in THEMES:
            self.register_theme(theme)
        self.panel.show(self.view)
        self.panel.focus()

    async def show_anew(self, view):
        """Show a view in a panel that has shown nothing before."""
        await self.panel.remove()
        await self.mount(CurvePanel())
        self.panel.show(view)
        self.panel.focus()

    @property
    def panel(self):
        return self.query_one(CurvePanel)

    @property
    def plot(self):
        return self.query_one("#curve-loss", Plot)

    @property
    def window(self):
        return self.panel._sight.window


def view_of_log(base, name):
    """A real view of a log among the data of the tests."""
    session = Session(base)
    session.attach(read_history(DATA / f"{name}.csv"))
    return view_of(session)


def with_history(view, history):
    """The same view with other curves."""
    return dataclasses.replace(view, history=history)


def is_drawn(app):
    """Whether dots of a curve stand on the screen."""
    return any("⠀" < sign <= "⣿" for sign in text(app))


def screen_lines(app):
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


def text(app):
    return "\n".join(screen_lines(app))


def words(app, name):
    return str(app.query_one(name, Static).render())


def row_of(app, name):
    """A row of the screen, from where the columns of the plot begin."""
    region = app.query_one(name).region
    return screen_lines(app)[region.y][app.plot.region.x + app.plot.margin_left + 1 :]


async def settle(pilot):
    for _ in range(3):
        await pilot.pause()
