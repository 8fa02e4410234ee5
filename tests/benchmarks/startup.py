"""Wall time of ``triage --log`` on 1,000 rows beside that of importing pandas and pydantic, side by side in one run.

Both sides run from compiled bytecode, as installed packages do, after one round that is not counted. Also: the time to
load the whole knowledge, warm, and how long ``triage --version`` takes beside an empty interpreter.

Run: python -m tests.benchmarks.startup [ROUNDS]
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

TRIAGE = [sys.executable, "-m", "triage.cli"]
IMPORTS = [sys.executable, "-c", "import pandas, pydantic"]
EMPTY = [sys.executable, "-c", "pass"]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "history.csv"
        write_history(log)
        commands = {
            "triage --log, 1,000 rows": [*TRIAGE, "--log", str(log)],
            "import pandas, pydantic": IMPORTS,
            "triage --version": [*TRIAGE, "--version"],
            "empty interpreter": EMPTY,
        }
        seconds = {name: [] for name in commands}
        for turn in range(rounds + 1):
            for name, command in commands.items():
                taken = wall_time(command, folder)
                if turn:
                    seconds[name].append(taken)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, value in medians.items():
        print(f"{name:<28} {value * 1000:>7.0f} ms (fastest {min(seconds[name]) * 1000:.0f}, {rounds} rounds)")
    ratio = medians["triage --log, 1,000 rows"] / medians["import pandas, pydantic"]
    print(f"ratio triage --log / import pandas, pydantic: {ratio:.2f} (asked: at most 1.3)")
    print(f"knowledge loaded warm: {warm_load() * 1000:.0f} ms (asked: under 60)")


def write_history(path: Path) -> None:
    random = np.random.default_rng(0)
    loss = 2.3 * np.exp(-np.arange(1000) / 200) + 0.3 + 0.02 * random.normal(size=1000)
    rows = (f"{step},{value:.5f},{value * 1.1:.5f},0.001" for step, value in enumerate(loss))
    path.write_text("step,train_loss,val_loss,lr\n" + "\n".join(rows) + "\n")


def wall_time(command: list[str], cache: str) -> float:
    environment = {**os.environ, "XDG_CACHE_HOME": cache, "PYTHONPYCACHEPREFIX": f"{cache}/bytecode"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, check=False)
    return time.perf_counter() - start


def warm_load() -> float:
    import knowledge

    knowledge.load()
    taken = []
    for _ in range(9):
        start = time.perf_counter()
        knowledge.load()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
