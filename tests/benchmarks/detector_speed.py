"""All detectors on histories of up to ten million rows: time beyond reading, growth with the rows, and memory.

Three kinds of run, as they take different ways through the detectors: one that falls in noise, one with spikes that
heal, and one that explodes to NaN. Each has steps, training and validation loss, learning rate and gradient norm. Every
size is a process of its own; time is the least of five turns there, memory the peak while the detectors run over what
the process had before, against the bytes of the frame. The exponent is the slope of log(time) over log(rows) from a
million rows on, below which fixed costs weigh.

Run: python -m tests.benchmarks.detector_speed    (writes tests/benchmarks/results/detector_speed.md)
"""

import os
import platform
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np

RESULT = Path(__file__).parent / "results" / "detector_speed.md"
SIZES = (10_000, 100_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000)
KINDS = ("falls", "spikes", "explodes")
GOALS = {"seconds": 2.0, "frames": 3.0}

PROGRAM = """
import sys, threading, time
import numpy as np
from tests.benchmarks.detector_speed import history_of, resident
from triage.detectors import detect

history, size = history_of(sys.argv[1], int(sys.argv[2]))
detect(history_of(sys.argv[1], 1000)[0])
before, peak, done = resident(), [0], threading.Event()

def watch():
    while not done.wait(0.002):
        peak[0] = max(peak[0], resident())

times = []
watcher = threading.Thread(target=watch)
watcher.start()
for turn in range(5):
    start = time.perf_counter()
    detect(history)
    times.append(time.perf_counter() - start)
    history._curves.clear()
done.set()
watcher.join()
print(min(times), (peak[0] - before) / size)
"""


def main() -> None:
    lines = ["| run | rows | seconds | memory beyond the frame, in frames |", "|---|---:|---:|---:|"]
    notes = []
    for kind in KINDS:
        taken = {size: measure(kind, size) for size in SIZES}
        for size, (seconds, frames) in taken.items():
            lines.append(f"| {kind} | {size:,} | {seconds:.3f} | {frames:.2f} |")
        large = [size for size in SIZES if size >= 1_000_000]
        slope = np.polyfit(np.log(large), np.log([taken[size][0] for size in large]), 1)[0]
        notes.append(f"- {kind}: exponent {slope:.2f}")
    head = f"`python -m tests.benchmarks.detector_speed`, {date.today()}, Python {platform.python_version()}"
    asked = (
        f"Asked of 10,000,000 rows: under {GOALS['seconds']:g} s, linear in the rows, memory under "
        f"{GOALS['frames']:g} frames in all (the frame itself is one of them)."
    )
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    text = "\n".join([head, "", *lines, "", *notes, "", asked, "", f"Load of {os.cpu_count()} cores: {busy}.", ""])
    print(text)
    RESULT.write_text(text, encoding="utf-8")


def measure(kind, size):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, kind, str(size)], capture_output=True, text=True, check=True
    ).stdout.split()
    return float(done[0]), float(done[1])


def history_of(kind, size):
    """A history, and the bytes of its frame."""
    from triage.history import History, Series

    random = np.random.default_rng(0)
    steps = np.arange(size, dtype=float)
    loss = 0.3 + 2.0 * np.exp(-5.0 * steps / size) + 0.02 * random.normal(size=size)
    if kind == "spikes":
        loss[random.integers(size // 10, size, 20)] *= 10.0
    if kind == "explodes":
        last = int(0.9 * size)
        loss[last - 200 : last] *= np.exp(np.arange(200) / 8)
        loss[last:] = np.nan
    rate = 1e-3 * (1 - 0.9 * steps / size)
    norm = np.exp(0.2 * random.normal(size=size))
    evaluated = np.arange(size) % 1000 == 999
    val = np.where(evaluated, 1.05 * loss, np.nan)
    whole = np.ones(size, dtype=bool)
    series = {
        "train_loss": Series(loss, whole),
        "val_loss": Series(val, evaluated),
        "learning_rate": Series(rate, whole),
        "grad_norm": Series(norm, whole),
    }
    history = History(steps, None, series, {name: name for name in series}, "made", step_unit="step")
    return history, size * 8 * (1 + len(series))


def resident():
    """Bytes that the process has in memory."""
    with Path("/proc/self/statm").open() as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
