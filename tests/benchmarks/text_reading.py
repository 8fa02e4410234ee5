"""How fast large text logs are read, and in how much memory, beside ``grep -c loss`` of the same file in the same run.

A nanoGPT-like log of 1 GB and ten million lines, and 100 MB each of Megatron's log and of a loop's own lines, are
written to a temporary folder. Each is read through `read_history` in a process of its own, whose peak of resident
memory is taken; the process that only imports what reading needs is measured too. Seconds are of the wall and, as the
machine is shared, of the processor; the ratio is that of the processor's seconds.

Run: python -m tests.benchmarks.text_reading [SHARE], where SHARE of 0.1 makes all files a tenth as large. What is
printed for the whole of them goes to results/text_reading.md by itself.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "text_reading.md"
MEGABYTE = 1_000_000

READ = """
import json, resource, sys, time
from triage.history import read_history
start, busy = time.perf_counter(), time.process_time()
history = read_history(sys.argv[1]) if len(sys.argv) > 1 else None
taken, busy = time.perf_counter() - start, time.process_time() - busy
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
rows = history.rows if history else 0
last = {name: len(history.curve(name)) for name in history.series} if history else {}
print(json.dumps({"seconds": taken, "busy": busy, "peak": peak, "rows": rows, "values": last,
                  "format": history.format if history else ""}))
"""


def main() -> None:
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    started = datetime.now(UTC).date().isoformat()
    lines = [
        f"{'':<10} {'lines':>10} {'MB':>5} {'wall s':>7} {'cpu s':>6} {'MB/cpu s':>9} {'peak MB':>8} "
        f"{'grep cpu s':>11} {'ratio':>6}  read as"
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name, write, size in (
            ("nanoGPT", nanogpt, 10_000_000),
            ("Megatron", megatron, 330_000),
            ("own lines", own_lines, 920_000),
        ):
            log = Path(folder) / "train.log"
            write(log, int(size * share))
            megabytes = log.stat().st_size / MEGABYTE
            count, grep = counted(log)
            read = reading(str(log))
            lines.append(
                f"{name:<10} {count:>10,} {megabytes:>5.0f} {read['seconds']:>7.1f} {read['busy']:>6.1f} "
                f"{megabytes / read['busy']:>9.1f} {read['peak'] / MEGABYTE:>8.0f} {grep:>11.2f} "
                f"{read['busy'] / grep:>6.1f}  {read['format']}, {read['rows']:,} rows"
            )
            print(lines[-1], flush=True)
        lines.append(f"peak of a process that imports the reader alone: {reading()['peak'] / MEGABYTE:.0f} MB")
        lines.append("asked of the log of 1 GB: a peak under 600 MB")
    text = "\n".join(lines)
    print(text)
    if share == 1.0:
        version = ".".join(platform.python_version_tuple()[:2])
        RESULTS.write_text(
            f"`python -m tests.benchmarks.text_reading`, {started}, Python {version}, {os.cpu_count()} shared cores\n\n"
            f"```\n{text}\n```\n"
        )


def nanogpt(path: Path, lines: int) -> None:
    """An iteration a line and an evaluation now and then, a hundred bytes each on the average."""
    with path.open("w") as log:
        for start in range(0, lines, 10_000):
            block = []
            for step in range(start, min(start + 10_000, lines)):
                loss = 10.9 / (1 + step / 50_000) ** 0.1
                if step % 500 == 0:
                    block.append(f"step {step}: train loss {loss:.4f}, val loss {loss * 1.02:.4f}\n")
                block.append(
                    f"iter {step}: loss {loss + step % 7 * 0.01:.4f}, time 226.45ms, mfu 18.30%, lr 6.0000e-04, "
                    "grad norm 1.2345, tokens/sec 12345678\n"
                )
            log.write("".join(block))


def megatron(path: Path, lines: int) -> None:
    with path.open("w") as log:
        for step in range(1, lines + 1):
            log.write(
                f" iteration {step:8d}/  500000 | consumed samples: {step * 256:12d} | elapsed time per iteration "
                f"(ms): 412.7 | learning rate: 1.500E-04 | global batch size:   256 | lm loss: {7 - step * 1e-6:.6E} | "
                "loss scale: 4294967296.0 | grad norm: 1.234 | number of skipped iterations:   0 | "
                "number of nan iterations:   0 |\n"
            )


def own_lines(path: Path, lines: int) -> None:
    with path.open("w") as log:
        for step in range(lines):
            log.write(
                f"2024-01-01 12:{step // 60 % 60:02d}:{step % 60:02d},123 INFO trainer: epoch {step // 1000} "
                f"[{step % 1000}/1000] train loss {2.5 - step * 1e-6:.4f}, acc 81.2%, lr 1.0e-04, time {step % 97}ms\n"
            )


def counted(log: Path) -> tuple[int, float]:
    """Lines of the file, and the seconds of the processor that grep takes to count those with the word loss."""
    lines = int(subprocess.run(["wc", "-l", str(log)], capture_output=True, text=True, check=True).stdout.split()[0])
    before = os.times().children_user + os.times().children_system
    subprocess.run(["grep", "-c", "loss", str(log)], capture_output=True, check=True)
    return lines, max(os.times().children_user + os.times().children_system - before, 0.01)


def reading(*log: str) -> dict[str, object]:
    done = subprocess.run([sys.executable, "-c", READ, *log], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    main()
