"""How long it takes from bytes that are appended to a log to the line about them, and what watching costs meanwhile.

Run with ``python -m tests.benchmarks.watching``; prints a table in Markdown. Each log is of a healthy run with so
many rows; then rows with NaN are appended. Beside the whole way stand the reading of what was appended, the reading of
all of the file by `triage.read_history` in the same process, and the processor time while nothing happens.
"""

from __future__ import annotations

import json
import math
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from knowledge.loader import load
from triage.history import read_history
from triage.session import Session
from triage.watching.follower import Judging
from triage.watching.log import Log
from triage.watching.news import News
from triage.watching.places import Places
from triage.watching.told import Told
from triage.watching.watch import Watch

ROWS = (1_000, 100_000, 1_000_000)
APPENDED = 50
AGAIN = 5
IDLE = 20.0
INTERVAL = 2.0


def value(row: int, rows: int) -> float:
    return 2.3 * math.exp(-3 * row / rows) + 0.02 * math.sin(1.7 * row)


def csv_line(row: int, loss: float) -> str:
    return f"{row},{loss:.6f},0.001\n"


def json_line(row: int, loss: float) -> str:
    return json.dumps({"step": row, "loss": round(loss, 6), "lr": 0.001}) + "\n"


def text_line(row: int, loss: float) -> str:
    return f"step {row}: loss {loss:.6f}, lr 0.001\n"


FORMATS: dict[str, tuple[str, Callable[[int, float], str]]] = {
    "table": ("step,loss,lr\n", csv_line),
    "JSON lines": ("", json_line),
    "printed lines": ("", text_line),
}


def processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def judging() -> Judging:
    base = load()
    return Judging(Session(base), {}, None, {}, lambda: Told(base, 0.9, (), 0.5))


def measure(folder: Path, head: str, line: Callable[[int, float], str], rows: int) -> tuple[int, float, float, float]:
    """Bytes of the file, and seconds: to the line, for reading what was appended, for reading all."""
    file = folder / "run.log"
    with file.open("w") as stream:
        stream.write(head)
        stream.writelines(line(row, value(row, rows)) for row in range(rows))
    healthy = file.stat().st_size
    told: list[News] = []
    watch = Watch(Places([str(file)]), judging(), told.append)
    watch._look(hurry=True)
    watch._look(hurry=True)
    log = Log(str(file))
    log.read(settled=False)
    told.clear()
    with file.open("a") as stream:
        stream.writelines(line(row, math.nan) for row in range(rows, rows + APPENDED))
    began = time.perf_counter()
    watch._look(hurry=True)
    whole_way = time.perf_counter() - began
    assert any(item.finding == "nan_onset" for item in told), told
    began = time.perf_counter()
    log.read(settled=False)
    appended = time.perf_counter() - began
    began = time.perf_counter()
    read_history(str(file))
    return healthy, whole_way, appended, time.perf_counter() - began


def idle(folder: Path, files: int) -> float:
    """Share of a processor while nothing happens."""
    place = folder / f"idle{files}"
    place.mkdir()
    for number in range(files):
        (place / f"run_{number}.csv").write_text(
            "step,loss\n" + "".join(f"{row},{value(row, 200):.6f}\n" for row in range(200))
        )
    watch = Watch(Places([str(place)]), judging(), lambda _: None)
    for _ in range(3):
        watch._look(hurry=True)
    time.sleep(INTERVAL)
    began, used = time.monotonic(), processor()
    while time.monotonic() - began < IDLE:
        watch._look(hurry=False)
        time.sleep(INTERVAL)
    return (processor() - used) / (time.monotonic() - began)


def main() -> None:
    print("| log | rows | file, MB | to the line, ms | reading what was appended, ms | reading all, ms | ratio |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for name, (head, line) in FORMATS.items():
            for rows in ROWS:
                runs = [measure(Path(folder), head, line, rows) for _ in range(AGAIN if rows < ROWS[-1] else 2)]
                size = runs[0][0]
                way, appended, whole = (statistics.median(run[place] for run in runs) for place in (1, 2, 3))
                print(
                    f"| {name} | {rows:,} | {size / 1e6:.2f} | {way * 1e3:.1f} | {appended * 1e3:.2f} "
                    f"| {whole * 1e3:.1f} | {appended / whole:.3f} |",
                    flush=True,
                )
        print("\n| nothing happens, looked at every 2 s | share of a processor |\n| --- | ---: |")
        for files in (1, 1_000):
            print(f"| {files:,} logs in a folder | {idle(Path(folder), files):.4%} |", flush=True)


if __name__ == "__main__":
    main()
