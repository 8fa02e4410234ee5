"""Time from an answer's key to the frame that shows what is believed now, at 80x24 and at 160x50.

Consultations are real: the app itself, without a terminal, with histories of tests/data attached and without one, the
questions in the order in which the app asks them, each answered by a person who knows the answer as often as the
knowledge says people do, and then says a random state. Asked on beyond a reason to stop, until so many answers were
given or nothing is left. Each triage is saved, as always: an answer is on the disk before it counts.

The clock starts when the key is handed to the app's driver, as a terminal's input thread does it. It stops when the
first frame is written on which the new ranking stands: the session has changed, and on the screen as the compositor
holds it the leading explanation stands with its new number. (Looking for it takes its time, which is taken off again.)
So it holds all that an answer does: saving it, inference, the next question, the words of it, layout, and painting
every panel. What a driver without a terminal leaves out is done here for it, and timed: the frame as the text that goes
to the terminal. How a terminal draws that is not ours.

For information also: until the very last frame that follows from the key, such as a scrollbar that comes a frame later;
and, as wall time on a shared machine counts what others do, the processor time of the process until the ranking stood.

Run: python -m tests.benchmarks.ui_answer [ANSWERS]
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.ui_terminal import met, write_down

DATA = Path(__file__).parents[1] / "data"

SIZES = ((80, 24), (160, 50))

PER_CONSULTATION = 12

QUIET = 0.12
"""Seconds without a frame after which an answer counts as shown."""

MEDIAN, TAIL = 50, 100
"""Milliseconds asked: the median, and the 95th of a hundred."""


def main():
    answers = int(sys.argv[1]) if len(sys.argv) > 1 else 240
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {f"XDG_{kind}_HOME": f"{folder}/{kind.lower()}" for kind in ("CACHE", "STATE", "CONFIG")}
        os.environ |= {"COLORTERM": "truecolor", "TERM": "xterm-256color"}
        taken = {size: asyncio.run(answered(size, answers, Path(folder))) for size in SIZES}
    write_down("ui_answer", sys.argv[1:], table(taken))


async def answered(size, answers, folder):
    """For each answer what `pressed` returns."""
    random = np.random.default_rng(7)
    histories = [None, *sorted(DATA.glob("*.csv"))]
    taken = []
    while len(taken) < answers:
        history = histories[random.integers(len(histories))]
        taken += await consultation(size, history, random, folder, min(PER_CONSULTATION, answers - len(taken)))
    return taken


async def consultation(size, history, random, folder, most):
    app = watched_app(folder)
    taken = []
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen.query("#start-list"))
        await pilot.press("1")
        await until(pilot, lambda: app.screen.query("#choices"))
        if history is not None:
            attach(app, history)
            await until(pilot, lambda: app.consultation.session.history is not None)
        await pilot.pause(0.3)
        while len(taken) < most and (keys := next_keys(app, random)):
            is_answer = app.consultation.topic.stage != "end"
            found = await pressed(app, keys)
            taken += [found] if is_answer else []
    return taken


def watched_app(folder):
    """The app, which notes when a frame was written and when the ranking of the session stood on one."""
    from textual._compositor import CompositorUpdate

    from tui.app import TriageApp

    class Watched(TriageApp):
        def __init__(self):
            super().__init__(preferences_folder=folder / "settings")
            self.look_out(None)

        def look_out(self, topic):
            """From now on wait for a ranking other than that of this topic."""
            self.earlier, self.stands, self.last, self.frames, self.looking = topic, None, None, 0, np.zeros(2)

        def _display(self, screen, renderable):
            super()._display(screen, renderable)
            if not isinstance(renderable, CompositorUpdate) or self._batch_count:
                return
            renderable.render_segments(self.console)
            now = clocks()
            self.last, self.frames = now - self.looking, self.frames + 1
            if self.stands is None and self.consultation is not None and self.consultation.topic is not self.earlier:
                if ranking_stands(self):
                    self.stands = self.last
                self.looking += clocks() - now

    return Watched()


def clocks():
    return np.array([time.perf_counter(), time.process_time()])


def ranking_stands(app):
    """Whether the screen shows what leads in the session as it is now, and with which number."""
    from tests.tui.apps import seen
    from triage.report.figures import percent
    from tui.standing import standings

    leading = standings(app.consultation.topic.diagnosis, None)[0]
    line = f"{percent(leading.probability):>5} "
    return any(line in shown and leading.title[:12] in shown for shown in seen(app).split("\n"))


def attach(app, history):
    from tui.messages import Attach

    app.post_message(Attach([history], beside=False))


def next_keys(app, random):
    """What a person presses next; nothing at the end."""
    topic = app.consultation.topic
    if topic.stage == "end":
        return ["ctrl+n"] if topic.diagnosis.next_questions else []
    if topic.stage == "question":
        known = app.consultation.session.base.finding(topic.finding).question.answerable
        if random.random() >= known:
            return ["ctrl+d"]
    number = str(int(random.integers(len(topic.choices))) + 1)
    is_typed = len(topic.choices) > 9 or app.focused is app.screen.query_one("#prompt")
    return [*number, "enter"] if is_typed else [number]


async def pressed(app, keys):
    """Press keys; from the last of them: wall and processor ms to the ranking, wall ms to the last frame, frames."""
    from textual import events

    for key in keys[:-1]:
        app._driver.send_message(events.Key(key, key))
        await asyncio.sleep(QUIET)
    app.look_out(app.consultation.topic)
    began = clocks()
    app._driver.send_message(events.Key(keys[-1], keys[-1] if len(keys[-1]) == 1 else None))
    while app.stands is None or clocks()[0] - app.last[0] - app.looking[0] < QUIET:
        await asyncio.sleep(QUIET / 4)
        if clocks()[0] - began[0] > 30:
            from tests.tui.apps import seen

            raise SystemExit(f"expected {keys} to bring another ranking, found:\n{seen(app)}")
    return *1000 * (app.stands - began), 1000 * (app.last - began)[0], app.frames


async def until(pilot, condition):
    for _ in range(1000):
        await pilot.pause(0.02)
        if condition():
            return
    raise SystemExit("expected the app to come so far")


def table(taken):
    lines = [
        "| answers | median ms | 95 % | largest | asked | processor ms: median | 95 % | last frame: median | 95 % |",
        "|---|---:|---:|---:|---|---:|---:|---:|---:|",
    ]
    for (columns, rows), found in taken.items():
        wall, processor, last, _ = (np.array(values) for values in zip(*found, strict=True))
        middle, tail = np.percentile(wall, [50, 95])
        cells = [middle, tail, wall.max(), met(middle < MEDIAN and tail < TAIL)]
        cells += [*np.percentile(processor, [50, 95]), *np.percentile(last, [50, 95])]
        words = " | ".join(cell if isinstance(cell, str) else f"{cell:.0f}" for cell in cells)
        lines.append(f"| {columns}x{rows}, {len(found)} answers | {words} |")
    return [*lines, "", f"asked: median under {MEDIAN} ms, 95 % under {TAIL} ms"]


if __name__ == "__main__":
    main()
