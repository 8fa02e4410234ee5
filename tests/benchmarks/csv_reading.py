"""Reading and judging a CSV of ten million rows beside `pandas.read_csv` of the same file, turn about.

Each turn is a process of its own, so that time and peak memory are those of a person who starts with nothing: imports
and reading. triage is timed twice: as it reads the log and sums up what it read (rows, columns, what was left out), and
as it also judges it (symptoms, facts, digest). Two files are read: one with numbers of six digits, and one with numbers
as ``loss.item()`` prints them, of up to seventeen.

Run: python -m tests.benchmarks.csv_reading [TURNS]    (writes tests/benchmarks/results/csv_reading.md)
"""

import importlib.metadata
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROWS = 10_000_000
PORTION = 100_000
RESULT = Path(__file__).parent / "results" / "csv_reading.md"
BARS = {"seconds": 1.3, "megabytes": 1.5}

PANDAS = "import sys, time, pandas; start = time.perf_counter(); pandas.read_csv(sys.argv[1], engine={engine!r})"
TRIAGE = """
import sys, time
from triage.attaching import {then}
from triage.history import read_history
start = time.perf_counter()
{then}(read_history(sys.argv[1]))
"""
READ, JUDGED = "triage, read and summed up", "triage, judged as well"
PEAK = """
found = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(time.perf_counter() - start, int(found[0].split()[1]) / 1024, time.process_time())
"""


def main() -> None:
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    readers = {
        READ: TRIAGE.format(then="view_of"),
        JUDGED: TRIAGE.format(then="attached"),
        "pandas, c": PANDAS.format(engine="c"),
    }
    if installed("pyarrow"):
        readers["pandas, pyarrow"] = PANDAS.format(engine="pyarrow")
    parts = [headline(turns)]
    with tempfile.TemporaryDirectory() as folder:
        for title, digits in (("numbers of six digits", 6), ("numbers as loss.item() prints them", 17)):
            path = Path(folder) / f"history_{digits}.csv"
            write(path, digits)
            parts.append(section(title, path, readers, turns))
            path.unlink()
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    parts.append(f"Load of {os.cpu_count()} cores at the end, over 1, 5 and 15 minutes: {busy}.\n")
    text = "\n".join(parts)
    print(text)
    RESULT.write_text(text, encoding="utf-8")


def installed(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def headline(turns: int) -> str:
    versions = ", ".join(f"{name} {installed(name)}" for name in ("numpy", "pandas", "pyarrow") if installed(name))
    return (
        f"`python -m tests.benchmarks.csv_reading {turns}`, {date.today().isoformat()}, "
        f"Python {platform.python_version()}, {versions}\n\n"
        f"A CSV of {ROWS:,} rows (step, loss, val_loss on every thousandth, lr, grad_norm). Every turn is a new "
        "process, turn about; medians. triage reads through the C parser of pandas, in blocks, and so imports it "
        "too.\n"
    )


def section(title: str, path: Path, readers: dict[str, str], turns: int) -> str:
    taken = {name: [] for name in readers}
    for turn in range(turns + 1):
        for name, program in readers.items():
            measured = measure(program, path)
            if turn:
                taken[name].append(measured)
    medians = {name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in taken.items()}
    lines = [
        f"{title}, {path.stat().st_size / 1e6:.0f} MB, {turns} turns",
        "",
        "| reader | seconds | fastest | without imports | processor seconds | peak MB |",
        "|---|---|---|---|---|---|",
    ]
    for name, (whole, inner, memory, processor) in medians.items():
        fastest = min(row[0] for row in taken[name])
        lines.append(f"| {name} | {whole:.2f} | {fastest:.2f} | {inner:.2f} | {processor:.2f} | {memory:.0f} |")
    lines += ["", *(ratios(name, medians) for name in (READ, JUDGED)), ""]
    return "\n".join(lines)


def ratios(ours: str, medians: dict[str, list[float]]) -> str:
    others = [values for name, values in medians.items() if name not in (READ, JUDGED)]
    seconds = medians[ours][0] / min(values[0] for values in others)
    memory = medians[ours][2] / min(values[2] for values in others)
    asked = f" (asked: at most {BARS['seconds']} and {BARS['megabytes']})" if ours == READ else ""
    return f"- {ours}: {seconds:.2f} times the time of the fastest pandas, {memory:.2f} times the memory{asked}"


def measure(program: str, path: Path) -> tuple[float, float, float, float]:
    """Seconds from start to end, those behind its imports, its peak of memory in MB, processor seconds."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program + PEAK, str(path)], capture_output=True, text=True, check=True
    ).stdout.split()
    whole = time.perf_counter() - start
    inner, memory, processor = map(float, done)
    return whole, inner, memory, processor


def write(path: Path, digits: int) -> None:
    import numpy as np

    random = np.random.default_rng(0)
    with path.open("w") as stream:
        stream.write("step,loss,val_loss,lr,grad_norm\n")
        for first in range(0, ROWS, PORTION):
            step = np.arange(first, first + PORTION)
            loss = 2.3 * np.exp(-step / 2e6) + 0.3 + 0.02 * random.normal(size=PORTION)
            norm = np.exp(0.2 * random.normal(size=PORTION))
            rate = 3e-4 * np.minimum(1, step / 2000) * (1 - 0.9 * step / ROWS)
            columns = [
                values.round(6).tolist() if digits == 6 else values.astype(np.float32).astype(float).tolist()
                for values in (loss, loss * 1.1, norm)
            ]
            rates = [f"{value:.6g}" if digits == 6 else repr(value) for value in rate.tolist()]
            rows = zip(step.tolist(), *columns, rates, strict=True)
            stream.write(
                "".join(
                    f"{at},{one},{val if at % 1000 == 999 else ''},{lr},{norm}\n" for at, one, val, norm, lr in rows
                )
            )


if __name__ == "__main__":
    main()
