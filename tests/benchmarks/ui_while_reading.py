"""How soon the UI answers keys while it reads a log of ten million rows, to the end, beside when it reads nothing.

The installed program runs on a pseudo terminal of 80x24, then of 160x50, where the curve stands beside the
conversation. Every 0.2 s a key is pressed, whatever came of the one before: arrows in the list of choices, help opened
and closed, two letters typed into the prompt and taken away again. First nothing is read; then the path of a log is
pasted, and the same keys go on while it is read, when the result arrives, and while the curve is drawn, until some
seconds after it.

The time of a key runs from pressing it until the bytes have come that show its effect: the highlight on another choice
or other choices, help on the screen or gone, the letters in the prompt or gone. All bytes are kept with their moments
and drawn afterwards, so that looking costs the program nothing. A key that later ones overtake counts until the first
of them shows.

The log is written by this script, about 460 MB in a temporary folder, and removed afterwards.

Run: python -m tests.benchmarks.ui_while_reading [ROWS [TIMES]]
"""

import os
import re
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.ui_terminal import TRIAGE, Screen, Terminal, met, write_down

SIZES = ((80, 24), (160, 50))

EVERY = 0.2
"""Seconds from one key to the next."""

QUIET_KEYS = 160

AFTER = 6.0
"""Seconds for which keys go on after the result has come."""

LONGEST = 600.0

GOAL = 100
"""Milliseconds asked of every key."""

KEYS = ("down", "down", "up", "f1", "escape", "l", "o", "escape")

PROMPT = re.compile(r"^ {1,2}› (.{8})")

PASTE = "\x1b[200~{}\x1b[201~"

CHOICE = re.compile(r"^[✓* ]? ?(\d+)  \S")

QUIET, READING, ARRIVAL = "nothing is read", "while it is read", "from 1 s before the result until the end"


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "ten_million.csv"
        write_log(log, rows)
        runs = [(size, *one_run(log, folder, size)) for size in SIZES for _ in range(times)]
        megabytes = log.stat().st_size / 1e6
    write_down("ui_while_reading", sys.argv[1:], table(runs, rows, megabytes))


def write_log(path, rows):
    """A loss that falls with noise; a thousand different rows of each hundred thousand."""
    random = np.random.default_rng(0)
    with path.open("w") as stream:
        stream.write("step,loss,val_loss,lr,grad_norm\n")
        for first in range(0, rows, 100_000):
            level = 0.3 + 2.0 * np.exp(-5.0 * first / rows)
            noise = random.normal(size=(1000, 3)) * 0.02
            tails = [f"{level + a:.6f},{level * 1.1 + b:.6f},0.001,{1.5 + c:.6f}" for a, b, c in noise.tolist()]
            last = min(first + 100_000, rows)
            stream.write("\n".join(f"{step},{tails[step % 1000]}" for step in range(first, last)) + "\n")


def one_run(log, folder, size):
    """For each part of a run the milliseconds of its keys; how long reading took, and the load meanwhile."""
    with Terminal(TRIAGE, folder, size) as terminal:
        terminal.await_words("New triage")
        terminal.press("1")
        terminal.await_screen(lambda text: "Space marks several" in text)
        terminal.settle(2.0)
        pressed = press_all(terminal, 0, lambda: False, QUIET_KEYS)
        terminal.settle(1.0)
        begun = terminal.press(PASTE.format(log))
        found = b" rows. "
        place = len(terminal.pieces)
        pressed += press_all(terminal, len(pressed), lambda: has_come(terminal, place, found), None)
        arrived = moment_of(terminal, place, found)
        terminal.read_until(time.perf_counter() + 1.0)
        taken = times_of(terminal, pressed)
    parts = {QUIET: [], READING: [], ARRIVAL: []}
    for (moment, _), milliseconds in zip(pressed, taken, strict=True):
        part = QUIET if moment < begun else READING if moment < arrived - 1.0 else ARRIVAL
        parts[part].append(milliseconds)
    return parts, arrived - begun, os.getloadavg()[0]


def press_all(terminal, number, is_done, most):
    """Press keys in their order until it is done and a while longer; returns each with its moment."""
    pressed = []
    began, until = time.perf_counter(), None
    while until is None or time.perf_counter() < until:
        key = KEYS[(number + len(pressed)) % len(KEYS)]
        pressed.append((terminal.press(key), key))
        terminal.read_until(began + EVERY * len(pressed))
        if until is None and (len(pressed) == most or is_done()):
            until = time.perf_counter() + (0.0 if most else AFTER)
        if time.perf_counter() - began > LONGEST:
            raise SystemExit(f"expected the log to be read, found:\n{terminal.screen_text()}")
    return pressed


def has_come(terminal, place, words):
    return any(words in data for _, data in terminal.pieces[max(place, len(terminal.pieces) - 40) :])


def moment_of(terminal, place, words):
    return next(moment for moment, data in terminal.pieces[place:] if words in data)


def times_of(terminal, pressed):
    """Milliseconds from each key to its effect."""
    states = list(drawn_states(terminal))
    ends, place = [], 0
    for moment, key in pressed:
        while place < len(states) and states[place][0] <= moment:
            place += 1
        before = states[max(place - 1, 0)][1]
        shows = (when for when, state in states[place:] if effect(key, before, state))
        ends.append(next(shows, None))
    # The keys are taken in their order: what a later one shows, an earlier one has done before.
    latest = None
    for number in reversed(range(len(ends))):
        latest = ends[number] = min((end for end in (ends[number], latest) if end is not None), default=None)
    if None in ends:
        missing = [key for end, (_, key) in zip(ends, pressed, strict=True) if end is None]
        raise SystemExit(f"expected every key to show, found that {missing} do not:\n{terminal.screen_text()}")
    return [1000 * (end - moment) for end, (moment, _) in zip(ends, pressed, strict=True)]


def drawn_states(terminal):
    """What tells of keys on the screen, with the moment at which it came to stand there."""
    screen = Screen(terminal, drawn=False)
    for moment, data in terminal.pieces:
        screen.feed(data)
        yield moment, state_of(screen)


def state_of(screen):
    """The choices, the number of the highlighted one, what stands in the prompt, and whether help is shown."""
    lines = screen.lines()
    numbered = [(row, match) for row, line in enumerate(lines) if (match := CHOICE.match(line[2:]))]
    highlighted = next((match[1] for row, match in numbered if screen.is_bold(row, 2 + match.end() - 1)), None)
    choices = tuple(lines[row][2:80] for row, _ in numbered)
    prompt = next((found[1].strip() for line in reversed(lines) if (found := PROMPT.match(line))), "")
    return choices, highlighted, prompt, any("All keys" in line for line in lines)


def effect(key, before, now):
    choices, highlighted, prompt, is_helped = now
    match key:
        case "down" | "up":
            return choices and (choices != before[0] or highlighted != before[1])
        case "f1":
            return is_helped
        case "escape":
            return not is_helped and not prompt.startswith("l")
        case "l":
            return prompt.startswith("l")
        case "o":
            return prompt.startswith("lo")


def table(runs, rows, megabytes):
    lines = [
        f"| {rows:,} rows, {megabytes:,.0f} MB | keys | median ms | 95 % | largest | above {GOAL} ms | asked |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for (columns, lines_high), parts, _, _ in runs:
        for part, taken in parts.items():
            times = np.array(taken)
            middle, tail = np.percentile(times, [50, 95])
            above = f"{np.mean(times > GOAL):.1%}"
            asked = "" if part == QUIET else met(times.max() < GOAL)
            cells = f"{times.size} | {middle:.0f} | {tail:.0f} | {times.max():.0f} | {above} | {asked}"
            lines.append(f"| {columns}x{lines_high}: {part} | {cells} |")
    seconds = ", ".join(f"{seconds:.0f} s (load {load:.1f})" for *_, seconds, load in runs)
    return [*lines, "", f"from pasting the path to the result: {seconds}; asked: every key under {GOAL} ms"]


if __name__ == "__main__":
    main()
