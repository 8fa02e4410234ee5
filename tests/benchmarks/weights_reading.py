"""Inspecting weights and data beside a plain reading of the same file, turn about.

Weights: a safetensors file of one gigabyte against `numpy.fromfile` of it, both with the file in the page cache. Data:
a CSV against `pandas.read_csv` in chunks of as many rows. Each turn is a process of its own; the time is that of the
reading, without imports, and memory is what the process has above its state before.

Run: python -m tests.benchmarks.weights_reading [TURNS]    (writes tests/benchmarks/results/weights_reading.md)
"""

import importlib.metadata
import json
import os
import platform
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import numpy as np

GIGABYTE = 1 << 30
ROWS, COLUMNS = 1_000_000, 20
PORTION = 25_000
RESULT = Path(__file__).parent / "results" / "weights_reading.md"
MOST_TIMES = {"weights": 2.0, "data": 2.0}

START = """
import sys, time
def kilobytes(what):
    return int(next(line for line in open("/proc/self/status") if line.startswith(what)).split()[1])
"""
MEASURE = """
before, start = kilobytes("VmRSS"), time.perf_counter()
{work}
print(time.perf_counter() - start, max(0, kilobytes("VmHWM") - before) / 1024)
"""
WEIGHTS = {
    "triage": ("from triage.intake.artifacts import inspect_weights", "inspect_weights(sys.argv[1:])"),
    "numpy.fromfile": ("import numpy", "numpy.fromfile(sys.argv[1], numpy.float32)"),
}
DATA = {
    "triage": ("import pandas\nfrom triage.intake.artifacts import inspect_data", "inspect_data(sys.argv[1:])"),
    "pandas.read_csv": ("import pandas", f"for _ in pandas.read_csv(sys.argv[1], chunksize={PORTION}): pass"),
}


def main() -> None:
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "pandas"))
    parts = [
        f"`python -m tests.benchmarks.weights_reading {turns}`, {date.today().isoformat()}, "
        f"Python {platform.python_version()}, {versions}\n",
        f"{turns} turns after one that does not count, turn about; medians. Memory is the peak above the start.\n",
    ]
    with tempfile.TemporaryDirectory() as folder:
        size = min(GIGABYTE, shutil.disk_usage(folder).free // 4)
        for kind in ("F32", "BF16", "F16"):
            path = Path(folder) / f"{kind}.safetensors"
            write_weights(path, kind, size)
            parts.append(
                section(f"weights, {kind}", path, WEIGHTS, turns, MOST_TIMES["weights"] if kind == "F32" else 0)
            )
            path.unlink()
        path = Path(folder) / "train.csv"
        write_data(path)
        parts.append(section(f"data, {ROWS:,} rows, {COLUMNS} columns", path, DATA, turns, MOST_TIMES["data"]))
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    parts.append(f"Load of {os.cpu_count()} cores at the end, over 1, 5 and 15 minutes: {busy}.\n")
    text = "\n".join(parts)
    print(text)
    RESULT.write_text(text, encoding="utf-8")


def write_weights(path: Path, kind: str, size: int) -> None:
    """Layers of a transformer: matrices of 16 MB, each with a vector."""
    width = 4 if kind == "F32" else 2
    draw = np.random.default_rng(0)
    lengths = [length for _ in range(size // (16 << 20)) for length in ((16 << 20) - 4096, 4096)]
    header, start = {}, 0
    for place, length in enumerate(lengths):
        shape = [1024, length // width // 1024] if length > 4096 else [length // width]
        header[f"layers.{place}.weight"] = {"dtype": kind, "shape": shape, "data_offsets": [start, start + length]}
        start += length
    text = json.dumps(header).encode()
    with path.open("wb") as stream:
        stream.write(struct.pack("<Q", len(text)) + text)
        for length in lengths:
            values = draw.standard_normal(length // width, dtype=np.float32)
            if kind == "F16":
                values = values.astype(np.float16)
            if kind == "BF16":
                values = (values.view(np.uint32) >> 16).astype(np.uint16)
            stream.write(values.tobytes())


def write_data(path: Path) -> None:
    draw = np.random.default_rng(0)
    with path.open("w", encoding="ascii") as stream:
        stream.write(",".join([*(f"f{place}" for place in range(COLUMNS - 1)), "label"]) + "\n")
        for _ in range(0, ROWS, 50_000):
            rows = np.column_stack([draw.standard_normal((50_000, COLUMNS - 1)), draw.integers(0, 10, 50_000)])
            np.savetxt(stream, rows, fmt=["%.8g"] * (COLUMNS - 1) + ["%d"], delimiter=",")


def section(title: str, path: Path, readers: dict[str, tuple[str, str]], turns: int, bar: float) -> str:
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in readers}
    for turn in range(turns + 1):
        for name, (before, work) in readers.items():
            measured = measure(START + before + MEASURE.format(work=work), path)
            if turn:
                taken[name].append(measured)
    size = path.stat().st_size / 1e6
    lines = [
        f"{title}, {size:.0f} MB",
        "",
        "| reader | seconds | fastest | MB a second | peak MB |",
        "|---|---|---|---|---|",
    ]
    for name, rows in taken.items():
        seconds, memory = (statistics.median(column) for column in zip(*rows, strict=True))
        lines.append(f"| {name} | {seconds:.3f} | {min(rows)[0]:.3f} | {size / seconds:.0f} | {memory:.0f} |")
    ours, other = readers
    ratios = [one[0] / two[0] for one, two in zip(taken[ours], taken[other], strict=True)]
    asked = f" (asked: at most {bar})" if bar else ""
    lines += ["", f"- {ours} takes {statistics.median(ratios):.2f} times the time of {other}{asked}", ""]
    return "\n".join(lines)


def measure(program: str, path: Path) -> tuple[float, float]:
    """Seconds, and MB above the start."""
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    seconds, memory = map(float, done.stdout.split())
    return seconds, memory


if __name__ == "__main__":
    main()
