"""Real runs with a label through triage, from the log alone, and through the rules of other tools, in the same run.

Triage flags a run where its exit status is 1, that is where "no fault" has less than one half. The others flag it where
any rule of theirs fires (tests/benchmarks/rules_of_others.py). A pair is a faulty program and its repaired twin; it is
told apart where the faulty one is flagged and the twin is not. Names and counts are written, nothing of the files.

Run: python -m tests.benchmarks.labelled_runs [FOLDER]
"""

import argparse
import csv
import platform
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import triage
from tests.benchmarks.rules_of_others import TOOLS, curves_of, fired
from triage.cli import main as triage_main
from triage.report.escape import plain
from triage.usage import FAULTY, HEALTHY

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "labelled_runs"
RESULTS = Path(__file__).parent / "results" / "labelled_runs.md"
OURS = "triage"
KINDS = {"buggy": "faulty", "fixed": "repaired", "healthy": "healthy language model"}
KNOWN = {
    "ACH": ("wrong_hidden_activation", "wrong_output_activation"),
    "HLR": ("learning_rate_too_high", "learning_rate_too_low"),
    "LCH": ("loss_output_mismatch",),
}
"""Code of a fault in the manifest (activation, learning rate, loss) -> causes that say the same here."""


@dataclass(frozen=True)
class Labelled:
    """One file and what was said of it.

    Args:
        name: of the file, without its ending.
        kind: a value of KINDS, or "unlabelled".
        codes: of the known faults, each once.
        flags: tool -> what it flagged the run for, empty where it did not; ours gives the probability of no fault.
        no_fault: probability that triage gives to it.
        causes: ids of the causes that triage names, likeliest first.
        never_finite: whether no training loss in it is a number.

    """

    name: str
    kind: str
    codes: tuple
    flags: dict
    no_fault: float
    causes: list
    never_finite: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="where the runs and manifest.csv lie")
    folder = parser.parse_args().folder
    if not folder.is_dir():
        print(f"{folder} is not there: the benchmark of the labelled runs is skipped.")
        return
    labels = labels_in(folder)
    files = sorted(path for path in folder.glob("*.csv") if path.name != "manifest.csv")
    if not files:
        print(f"{folder} holds no run: the benchmark of the labelled runs is skipped.")
        return
    runs = [labelled(path, labels.get(path.name, {})) for path in files]
    text = "\n".join(report(runs)) + "\n"
    RESULTS.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def labels_in(folder):
    """File name -> its row of the manifest; nothing where there is none."""
    manifest = folder / "manifest.csv"
    if not manifest.is_file():
        return {}
    with manifest.open(encoding="utf-8", newline="") as lines:
        return {row["file"]: row for row in csv.DictReader(lines)}


def labelled(path, row):
    """One file through everything."""
    diagnosis = triage.diagnose(path)
    status = triage_main(["--log", str(path), "--quiet"])
    if status != (HEALTHY if diagnosis.no_fault >= 0.5 else FAULTY):
        raise RuntimeError(f"expected the exit status to follow from no_fault, found {status} for {path.name}")
    curves = curves_of(triage.read_history(path))
    flags = {OURS: ["flagged"] if status == FAULTY else []} | {tool: fired(tool, curves) for tool in TOOLS}
    kind = KINDS.get(row.get("variant", ""), "unlabelled")
    codes = tuple(dict.fromkeys(row["label"].split(","))) if kind == "faulty" else ()
    causes = [cause.id for cause in diagnosis.causes]
    never_finite = curves.train is not None and not len(curves.train.finite)
    return Labelled(plain(path.stem, 100), kind, codes, flags, diagnosis.no_fault, causes, never_finite)


def report(runs):
    """Lines of the result."""
    now, python = datetime.now(UTC).date(), ".".join(platform.python_version_tuple()[:2])
    version = triage.diagnose(answers={}).knowledge.hash
    yield f"`python -m tests.benchmarks.labelled_runs`, {now}, Python {python}, two shared cores\n"
    yield f"{len(runs)} runs, from the log alone. Knowledge {version}.\n"
    faulty = [run for run in runs if run.kind == "faulty"]
    never = sum(run.never_finite for run in faulty)
    yield f"Of {len(faulty)} faulty runs, {never} have no finite loss at all: any test for NaN tells those apart.\n"
    yield from table_of_files(runs)
    yield ""
    yield from table_of_tools(runs)
    yield ""
    yield from table_of_causes(runs)


def table_of_files(runs):
    yield "Each cell: the rules that flagged the run; a dash where none did. Ours: the probability of no fault.\n"
    yield f"| run | label | {OURS} | {' | '.join(TOOLS)} |"
    yield "|---" * (len(TOOLS) + 3) + "|"
    for run in runs:
        ours = f"{'flagged' if run.flags[OURS] else '-'} ({run.no_fault:.3f})"
        theirs = " | ".join(", ".join(run.flags[tool]) or "-" for tool in TOOLS)
        yield f"| {run.name} | {run.kind} | {ours} | {theirs} |"


def table_of_tools(runs):
    pairs = pairs_of(runs)
    yield "| tool | faulty flagged | repaired flagged | healthy language models flagged | pairs told apart |"
    yield "|---|---:|---:|---:|---:|"
    for tool in (OURS, *TOOLS):
        cells = [share(tool, [run for run in runs if run.kind == kind]) for kind in KINDS.values()]
        apart = sum(bool(faulty.flags[tool]) and not twin.flags[tool] for faulty, twin in pairs)
        yield f"| {tool} | {' | '.join(cells)} | {apart} of {len(pairs)} |"


def share(tool, runs):
    return f"{sum(bool(run.flags[tool]) for run in runs)} of {len(runs)}"


def pairs_of(runs):
    """Each faulty run with the repaired one of the same name and number."""
    repaired = {run.name: run for run in runs if run.kind == "repaired"}
    faulty = [(run, run.name.replace("_buggy_", "_fixed_")) for run in runs if run.kind == "faulty"]
    return [(run, repaired[name]) for run, name in faulty if name in repaired]


def table_of_causes(runs):
    yield "Where a known fault stands among the causes that triage names (ours for each code of the manifest).\n"
    yield "| faulty run | known | top three | rank of the known ones |"
    yield "|---|---|---|---|"
    for run in runs:
        if run.kind == "faulty":
            known = [cause for code in run.codes for cause in KNOWN.get(code, ())]
            ranks = ", ".join(f"{cause} {rank_of(cause, run.causes)}" for cause in known)
            yield f"| {run.name} | {plain(', '.join(run.codes), 60)} | {', '.join(run.causes[:3])} | {ranks} |"


def rank_of(cause, causes):
    return str(causes.index(cause) + 1) if cause in causes else "not named"


if __name__ == "__main__":
    main()
