"""Many histories through ``triage batch`` beside bare `pandas.read_csv` of the same files, in pools of the same size.

Histories, by default of 200 rows, are generated as Keras writes them (epoch, accuracy, learning rate, loss and both
of validation), four fifths of them with something to see: NaN, overfitting, a loss that does not move, a rate that is
too high. Both sides are processes of their own, turn about: ``triage batch`` with an output file, and a pool that
reads each file with pandas and gives back its number of rows, in chunks of as many files. Each is told the time of
the whole command and of the work alone, behind start and imports: of two runs of different length the difference is
the work. Time is that of the clock, and that for which all processes of the command kept a processor busy, which
other work on the machine moves little. Memory is that of all processes of the command; both are looked at five times
a second. Then the same is killed a few times and taken up again.

Run: python -m tests.benchmarks.many_runs [FILES] [TURNS] [ROWS]    (writes tests/benchmarks/results/many_runs.md, of
another number of rows many_runs_of_ROWS_rows.md)
"""

import json
import os
import platform
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

ROWS = 200
JOBS = 2
CHUNK = 100
KILLS = 5
EVERY = 0.2
BAR = 2.5
RESULTS = Path(__file__).parent / "results"

PANDAS = """
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

def rows(path):
    import pandas
    return len(pandas.read_csv(path))

if __name__ == "__main__":
    files = sorted(map(str, Path(sys.argv[1]).iterdir()))
    context = get_context("forkserver")
    context.set_forkserver_preload(["pandas"])
    with ProcessPoolExecutor(int(sys.argv[2]), mp_context=context) as pool:
        assert sum(pool.map(rows, files, chunksize=int(sys.argv[3]))) == int(sys.argv[4]) * len(files)
"""


@dataclass(frozen=True)
class Measured:
    """One command: its seconds, those of the processors in all its processes, and for some moments the time and MB.

    The MB are those of all its processes, and of the first.
    """

    seconds: float
    processor: float
    memory: list[tuple[float, float, float]]

    @property
    def peak(self) -> float:
        return max(whole for _, whole, _ in self.memory)


def main() -> None:
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    rows = int(sys.argv[3]) if len(sys.argv) > 3 else ROWS
    with tempfile.TemporaryDirectory() as name:
        folder, small = Path(name) / "runs", Path(name) / "small"
        size = generate(folder, files, rows) / files
        generate(small, 2 * CHUNK, rows)
        program = Path(name) / "bare_pandas.py"
        program.write_text(PANDAS)
        ours, theirs, start_of_ours, start_of_theirs = [], [], [], []
        for turn in range(turns):
            print(f"turn {turn + 1}", flush=True)
            theirs.append(measure(bare(program, folder, rows)))
            ours.append(measure(batch(folder, Path(name) / f"results_{turn}.jsonl")))
            start_of_theirs.append(measure(bare(program, small, rows)))
            start_of_ours.append(measure(batch(small, Path(name) / f"small_{turn}.jsonl")))
        killed = kill_and_resume(folder, Path(name) / "killed.jsonl", statistics.median(one.seconds for one in ours))
    extra = files - 2 * CHUNK
    lines = [
        f"`python -m tests.benchmarks.many_runs {files} {turns} {rows}`, {date.today().isoformat()}, "
        f"Python {platform.python_version()}, {os.cpu_count()} cores",
        "",
        f"{files:,} histories of {rows:,} rows and six columns, {size / 1000:.1f} kB each; {JOBS} processes; {turns} "
        "turns, turn about; medians.",
        "",
        "| | seconds | runs a second | a run beyond the start, ms | peak of all processes, MB |",
        "|---|---:|---:|---:|---:|",
        row("triage batch", ours, start_of_ours, files, extra),
        row("pandas.read_csv alone", theirs, start_of_theirs, files, extra),
        "",
        f"- whole commands: {ratio(ours, theirs):.2f} times the time of pandas in the same turn, "
        f"{', '.join(f'{a.seconds / b.seconds:.2f}' for a, b in zip(ours, theirs, strict=True))} "
        f"(asked: at most {BAR})",
        f"- seconds of processors, all processes: {busy(ours):.1f} against {busy(theirs):.1f}, "
        f"{busy(ours) / busy(theirs):.2f} times, whatever else the machine does; beyond the start, a run: "
        f"{busy_beyond(ours, start_of_ours) / extra * 1000:.2f} ms against "
        f"{busy_beyond(theirs, start_of_theirs) / extra * 1000:.2f} ms, "
        f"{busy_beyond(ours, start_of_ours) / busy_beyond(theirs, start_of_theirs):.2f} times",
        f"- beyond the start: {beyond(ours, start_of_ours) / beyond(theirs, start_of_theirs):.2f} times",
        f"- memory of `triage batch`, all processes: {told_memory(ours[0])}",
        f"- {killed}",
        "",
        f"Load of {os.cpu_count()} cores at the end, over 1, 5 and 15 minutes: "
        f"{', '.join(f'{load:.1f}' for load in os.getloadavg())}.",
        "",
    ]
    text = "\n".join(lines)
    print(text)
    name = "many_runs.md" if rows == ROWS else f"many_runs_of_{rows}_rows.md"
    (RESULTS / name).write_text(text, encoding="utf-8")


def generate(folder: Path, files: int, rows: int = ROWS) -> int:
    """Write the histories; returns their bytes."""
    folder.mkdir()
    chance = np.random.default_rng(7)
    epoch = np.arange(rows)
    size = 0
    for number in range(files):
        rate = float(10.0 ** -chance.integers(1, 5))
        loss = 2.3 * np.exp(-epoch / chance.uniform(20, 60)) + 0.1 + 0.02 * chance.standard_normal(rows)
        val = loss + 0.05 + 0.03 * chance.standard_normal(rows)
        match number % 5:
            case 1:
                loss[chance.integers(5, rows) :] = np.nan
            case 2:
                val += np.maximum(0, epoch - 80) * 0.01
            case 3:
                loss = 2.303 + 0.001 * chance.standard_normal(rows)
            case 4:
                loss *= 1 + 0.1 * epoch
        accuracy, val_accuracy = np.exp(-np.abs(loss)), np.exp(-np.abs(val))
        columns = zip(accuracy.tolist(), [rate] * rows, loss.tolist(), val_accuracy.tolist(), val.tolist(), strict=True)
        body = "".join(f"{row},{','.join(map(repr, values))}\n" for row, values in enumerate(columns))
        text = "epoch,accuracy,learning_rate,loss,val_accuracy,val_loss\n" + body
        (folder / f"run_{number:06d}.csv").write_text(text)
        size += len(text)
    return size


def batch(folder: Path, output: Path) -> list[str]:
    options = ["--jobs", str(JOBS), "--output", str(output), "--quiet"]
    return [sys.executable, "-m", "triage.cli", "batch", str(folder), *options]


def bare(program: Path, folder: Path, rows: int) -> list[str]:
    return [sys.executable, str(program), str(folder), str(JOBS), str(CHUNK), str(rows)]


def measure(command: list[str]) -> Measured:
    memory: list[tuple[float, float, float]] = []
    worked: dict[int, float] = {}
    began = time.perf_counter()
    child = subprocess.Popen(command)
    watched = threading.Thread(target=watch, args=(child, memory, worked, began))
    watched.start()
    child.wait()
    seconds = time.perf_counter() - began
    watched.join()
    return Measured(seconds, sum(worked.values()), memory)


def watch(
    child: subprocess.Popen, memory: list[tuple[float, float, float]], worked: dict[int, float], began: float
) -> None:
    while child.poll() is None:
        pids = (child.pid, *below(child.pid))
        sizes = [resident(pid) for pid in pids]
        worked.update({pid: max(processor(pid), worked.get(pid, 0.0)) for pid in pids})
        memory.append((time.perf_counter() - began, sum(sizes), sizes[0]))
        time.sleep(EVERY)


def below(pid: int) -> list[int]:
    """The processes that a process began, and those that they began."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [found for child in map(int, children) for found in (child, *below(child))]


def processor(pid: int) -> float:
    """Seconds that a process has kept a processor busy."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """MB that a process has to itself, and its part of what it shares."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def kill_and_resume(folder: Path, output: Path, seconds: float) -> str:
    """Kill the command at moments by chance, take it up again, and hold the results against the files."""
    chance = random.Random(3)
    told = []
    for _ in range(KILLS):
        child = subprocess.Popen(batch(folder, output))
        time.sleep(1.0 + chance.random() * seconds / KILLS)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        content = output.read_bytes() if output.exists() else b""
        torn = bool(content) and not content.endswith(b"\n")
        told.append(f"{len(content.splitlines()) - torn:,}{' and a torn line' if torn else ''}")
    subprocess.run(batch(folder, output), check=False)
    found = Counter(json.loads(line)["path"] for line in output.read_bytes().splitlines())
    files = sum(1 for _ in folder.iterdir())
    doubled = sum(count - 1 for count in found.values())
    return (
        f"killed with SIGKILL {KILLS} times, at {'; '.join(told)} lines, and taken up again: "
        f"{files - len(found)} runs lost, {doubled} doubled of {files:,}"
    )


def row(name: str, runs: list[Measured], starts: list[Measured], files: int, extra: int) -> str:
    seconds = statistics.median(one.seconds for one in runs)
    peak = max(one.peak for one in runs)
    each = beyond(runs, starts) / extra * JOBS * 1000
    return f"| {name} | {seconds:.1f} | {files / seconds:,.0f} | {each:.2f} | {peak:.0f} |"


def beyond(runs: list[Measured], starts: list[Measured]) -> float:
    return statistics.median(one.seconds for one in runs) - statistics.median(one.seconds for one in starts)


def busy(runs: list[Measured]) -> float:
    return statistics.median(one.processor for one in runs)


def busy_beyond(runs: list[Measured], starts: list[Measured]) -> float:
    return busy(runs) - busy(starts)


def ratio(ours: list[Measured], theirs: list[Measured]) -> float:
    return statistics.median(a.seconds / b.seconds for a, b in zip(ours, theirs, strict=True))


def told_memory(run: Measured) -> str:
    """Memory at a quarter, half, three quarters and the end of the time."""
    places = [len(run.memory) * part // 4 for part in (1, 2, 3)] + [len(run.memory) - 2]
    wholes = " / ".join(f"{run.memory[place][1]:.0f}" for place in places)
    firsts = " / ".join(f"{run.memory[place][2]:.0f}" for place in places)
    return f"{wholes} MB at a quarter, half, three quarters and the end; of the first process {firsts} MB"


if __name__ == "__main__":
    main()
