"""The screens as they were last looked at and found good, at three sizes, light and dark.

After a change that is meant: ``pytest tests/tui/test_pictures.py --snapshot-update``, then look at the pictures under
``__snapshots__`` before they are committed.
"""

import shutil
from importlib.metadata import version

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.widgets import Input

from tests.tui.apps import ADAM_LOG, app_of, attach, begin, say, seen, until

DRAWN_WITH = "8.2.8"
"""Another version of Textual may draw other borders and scrollbars, which is no fault of the screens."""

pytestmark = pytest.mark.skipif(version("textual") != DRAWN_WITH, reason=f"drawn with Textual {DRAWN_WITH}")


class Picture(SingleFileSnapshotExtension):
    """A picture in a file of its own."""

    file_extension = "svg"
    _write_mode = WriteMode.TEXT


SIZES = [(160, 50), (80, 24), (60, 20)]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_screens_look_as_they_did(tmp_path, monkeypatch, snapshot, size, theme):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    shutil.copy(ADAM_LOG, "run.csv")
    app = app_of(tmp_path)
    drawn, differing = snapshot.use_extension(Picture), []
    async with app.run_test(size=size) as pilot:
        app.theme = theme

        async def looked_at(name):
            # A cursor that blinks would be there in one picture and not in the next.
            for line in app.screen.query(Input):
                line.cursor_blink = False
            strips = None
            while strips != (strips := app.screen._compositor.render_strips()):
                await pilot.pause(0.1)
            if app.export_screenshot() != drawn(name=name):
                differing.append(name)

        await until(pilot, lambda: "None yet." in seen(app))
        await looked_at("start")
        await begin(pilot)
        await looked_at("opening")
        await attach(pilot, "run.csv")
        await say(pilot, "using adam, no nan in the weights")
        await looked_at("understood")
        await pilot.press("enter")
        await until(pilot, lambda: app.consultation.topic.stage == "question")
        await looked_at("question")
        for key, name in (("f3", "causes"), ("f4", "curve"), ("f5", "evidence")) if size[0] < 120 else ():
            await pilot.press(key)
            await looked_at(name)
        await pilot.press("f3", "enter")
        await until(pilot, lambda: app.screen.query("#cause-title"))
        await looked_at("cause")
        await pilot.press("f6")
        await until(pilot, lambda: app.screen.query("#verdict-page"))
        await looked_at("verdict")
    assert differing == []
