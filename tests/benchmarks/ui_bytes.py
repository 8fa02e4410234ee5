"""Bytes that an answer sends to the terminal, at 80x24 and at 160x50: what a slow line has to carry.

The installed program runs on a pseudo terminal with a history of tests/data attached. At each question a key answers,
in turn the first choice, the second, and "I don't know"; counted is all that is written from the key until nothing is
for a while. Asked on beyond a reason to stop, over several histories.

Run: python -m tests.benchmarks.ui_bytes [ANSWERS]
"""

import itertools
import statistics
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.ui_terminal import TRIAGE, Terminal, met, write_down

DATA = Path(__file__).parents[1] / "data"

HISTORIES = ("nan_in_input", "overfitting", "adam_second_moment_collapse", "vanishing_gradients", "healthy_classifier")

SIZES = ((80, 24), (160, 50))

QUIET = 0.4
"""Seconds without a byte after which an answer counts as shown."""

GOAL = 12_000
"""Bytes asked at the first size: the median."""


def main():
    answers = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory() as folder:
        sent = {size: sizes_of(size, answers, folder) for size in SIZES}
    write_down("ui_bytes", sys.argv[1:], table(sent))


def sizes_of(size, answers, folder):
    each = -(-answers // len(HISTORIES))
    return [found for name in HISTORIES for found in consultation(DATA / f"{name}.csv", size, each, folder)]


def consultation(history, size, answers, folder):
    """Bytes of each answer of a consultation."""
    sent = []
    with Terminal(TRIAGE, folder, size) as terminal:
        terminal.await_words("New triage")
        terminal.press("1")
        terminal.await_screen(lambda text: "Space marks several" in text)
        terminal.press(f"\x1b[200~{history}\x1b[201~")
        terminal.await_screen(is_asking)
        terminal.settle(1.0)
        for key in itertools.islice(itertools.cycle(["1", "2", "ctrl+d"]), answers):
            sent.append(answered(terminal, key))
            if "The result is in" in terminal.screen_text():
                terminal.press("ctrl+n")
                terminal.settle(QUIET)
                if "The result is in" in terminal.screen_text():
                    break
    return sent


def is_asking(text):
    return "Question 1" in text or "The result is in" in text


def answered(terminal, key):
    """Bytes written from a key until quiet."""
    before = len(terminal.written)
    earlier = terminal.screen_text()
    terminal.press(key)
    terminal.await_screen(lambda text: text != earlier)
    terminal.settle(QUIET)
    return len(terminal.written) - before


def table(sent):
    lines = ["| bytes of an answer | answers | median | largest | asked |", "|---|---:|---:|---:|---|"]
    for size, found in sent.items():
        middle = statistics.median(found)
        asked = f"median at most {GOAL:,}: {met(middle <= GOAL)}" if size == SIZES[0] else ""
        lines.append(f"| {size[0]}x{size[1]} | {len(found)} | {middle:,.0f} | {max(found):,} | {asked} |")
    return lines


if __name__ == "__main__":
    main()
