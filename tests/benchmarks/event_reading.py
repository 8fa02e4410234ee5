"""How fast event files of TensorBoard are read, beside TensorBoard's own EventAccumulator.

A file with a million scalars is written once, by TensorBoard's own writer of event files: a loss, a rate and a gradient
norm at every step, in an event each as PyTorch writes them, and a validation loss now and then. Both readers read it
in this process in turn, several times; what counts is the ratio of the medians. Both must have read the same scalars.

The EventAccumulator keeps all scalars (size_guidance 0). `read_history` also maps and pivots them into a History.

Needs the package tensorboard. Run: python -m tests.benchmarks.event_reading [SCALARS [TIMES]]
"""

import platform
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tensorboard import version
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from triage.history import read_history

RESULTS = Path(__file__).parent / "results" / "event_reading.md"

GOAL = 5.0
"""Times faster that was asked for."""


def main():
    scalars = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as folder:
        write_events(folder, scalars)
        (path,) = Path(folder).iterdir()
        same_scalars(path)
        seconds = {name: [] for name in READERS}
        for _ in range(times):
            for name, reader in READERS.items():
                seconds[name].append(timed(reader, path))
        megabytes = path.stat().st_size / 1e6
    text = table(seconds, scalars, megabytes)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


def write_events(folder, scalars):
    """Three scalars a step, and every thirtieth step one more."""
    writer = EventFileWriter(folder, max_queue_size=1000)
    written = step = 0
    while written < scalars:
        step += 1
        values = {"train/loss": 4.0 / step, "train/lr": 0.1, "train/grad_norm": 1.0 + step % 7}
        if step % 30 == 0:
            values["val/loss"] = 5.0 / step
        for tag, value in values.items():
            summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
            writer.add_event(Event(wall_time=1.7e9 + step, step=step, summary=summary))
        written += len(values)
    writer.close()


def by_tensorboard(path):
    accumulator = EventAccumulator(str(path), size_guidance={"scalars": 0})
    accumulator.Reload()
    return accumulator


READERS = {"EventAccumulator": by_tensorboard, "read_history": read_history}


def timed(reader, path):
    start = time.perf_counter()
    reader(path)
    return time.perf_counter() - start


def same_scalars(path):
    history, theirs = read_history(path), by_tensorboard(path)
    assert set(history.columns.values()) == set(theirs.Tags()["scalars"])
    for name, tag in history.columns.items():
        curve = history.curve(name)
        found = list(zip(curve.steps.tolist(), curve.values.tolist(), strict=True))
        assert found == [(scalar.step, scalar.value) for scalar in theirs.Scalars(tag)], tag


def table(seconds, scalars, megabytes):
    medians = {name: statistics.median(all_) for name, all_ in seconds.items()}
    ratio = medians["EventAccumulator"] / medians["read_history"]
    rows = "\n".join(
        f"| {name} | {medians[name]:.2f} | {min(all_):.2f} | {max(all_):.2f} | {scalars / medians[name]:,.0f} |"
        for name, all_ in seconds.items()
    )
    command = " ".join(["python -m tests.benchmarks.event_reading", *sys.argv[1:]])
    return (
        f"`{command}`, {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, "
        f"tensorboard {version.VERSION}, two shared cores\n\n"
        f"| {scalars:,} scalars, {megabytes:.0f} MB | median s | least | most | scalars a second |\n"
        f"|---|---:|---:|---:|---:|\n{rows}\n\n"
        f"`read_history` is {ratio:.1f} times as fast (asked: {GOAL:g} times); both read the same scalars.\n"
    )


if __name__ == "__main__":
    main()
