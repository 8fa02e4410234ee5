"""Time from the start of a process to the first paint, of `triage` beside an empty Textual app on the same terminal.

Both are started anew each time, turn about, from compiled bytecode and a warm disk cache (one round is not counted), on
a pseudo terminal of 80x24 that shows a frame at once, as today's terminals do. Painted means: the whole frame has come
that holds the first choice of the start screen and the last key in its footer; of the empty app, its one line. The
empty app imports what the terminal UI is made of: Textual, every widget of it that `tui` uses, and textual_plot. For
information also one that imports no more than the start screen needs.

Beside it, with no bar: how soon the start screen answers a key that is pressed as soon as it is painted (an arrow; the
words on the choice it leads to), and from pressing "1" at that moment, and a second later, to the first question, which
takes loading the knowledge and the engine.

Run: python -m tests.benchmarks.ui_first_paint [ROUNDS]
"""

import statistics
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.ui_terminal import FRAME_ENDS, TRIAGE, Terminal, met, write_down

GOAL = 1.35

WIDGETS = "Button, Input, OptionList, ProgressBar, Static, Tab, Tabs, Tree"

EMPTY = """
from textual.app import App
from textual.widgets import {widgets}
{more}

class Empty(App):
    def compose(self):
        yield Static("Painted")

Empty().run()
"""

OURS, PEER, BARE = "triage", "empty app that imports the same", "empty app that imports Static alone"
KEY = "arrow pressed at first paint, to its effect"
QUESTION, LATER = (f'"1" pressed {when}, to the first question' for when in ("at first paint", "a second later"))


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    with tempfile.TemporaryDirectory() as folder:
        apps = {
            OURS: (TRIAGE, ("New triage", "Quit")),
            PEER: (app_in(folder, "peer.py", WIDGETS, "import textual_plot"), ("Painted",)),
            BARE: (app_in(folder, "bare.py", "Static", ""), ("Painted",)),
        }
        taken = {name: [] for name in (*apps, KEY, QUESTION, LATER)}
        for turn in range(rounds + 1):
            for name, found in one_round(apps, folder).items():
                if turn:
                    taken[name].append(found)
    write_down("ui_first_paint", sys.argv[1:], table(taken, rounds))


def app_in(folder, name, widgets, more):
    """The command of an app of which the code is imported from a module, so that it is compiled once as ours is."""
    (Path(folder) / name).write_text(EMPTY.format(widgets=widgets, more=more))
    run = f"import sys; sys.path.insert(0, {folder!r}); import {name.removesuffix('.py')}"
    return [sys.executable, "-c", run]


def one_round(apps, folder):
    found = {}
    for name, (command, words) in apps.items():
        with Terminal(command, folder) as terminal:
            found[name] = first_frame(terminal, *words) - terminal.began
            if name == OURS:
                pressed = terminal.press("down")
                found[KEY] = terminal.await_words("recognised and shown") - pressed
    for name, pause in ((QUESTION, 0.0), (LATER, 1.0)):
        with Terminal(TRIAGE, folder) as terminal:
            painted = first_frame(terminal, *apps[OURS][1])
            terminal.read_until(painted + pause)
            pressed = terminal.press("1")
            found[name] = terminal.await_words("Space marks several", "1  ") - pressed
    return found


def first_frame(terminal, *words):
    """The moment at which the end of the frame came that holds these words."""
    terminal.await_words(*words)
    seen = terminal.written
    while FRAME_ENDS not in seen[max(seen.index(word.encode()) for word in words) :]:
        if not terminal.read(10.0):
            raise SystemExit("expected a frame to end")
        seen = terminal.written
    return terminal.pieces[-1][0]


def table(taken, rounds):
    lines = [f"| {rounds} rounds, turn about | median ms | fastest | slowest |", "|---|---:|---:|---:|"]
    for name, values in taken.items():
        middle, low, high = (1000 * value for value in (statistics.median(values), min(values), max(values)))
        lines.append(f"| {name} | {middle:.0f} | {low:.0f} | {high:.0f} |")
    ours, peer, bare = (statistics.median(taken[name]) for name in (OURS, PEER, BARE))
    pairs = sorted(one / other for one, other in zip(taken[OURS], taken[PEER], strict=True))
    spread = f"of single rounds {pairs[len(pairs) // 4]:.2f} to {pairs[-1 - len(pairs) // 4]:.2f}, the middle half"
    ratio = f"first paint, triage over the empty app that imports the same: {ours / peer:.2f} ({spread}); "
    return [
        *lines,
        "",
        f"{ratio}asked: at most {GOAL}: {met(ours / peer <= GOAL)}",
        f"over the empty app that imports Static alone: {ours / bare:.2f}",
    ]


if __name__ == "__main__":
    main()
