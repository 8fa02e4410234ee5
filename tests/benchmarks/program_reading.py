"""What the static reading of training programs finds in tests/cases/programs, which were labelled without it.

A fault counts as found where one of the labelled groups of findings is reported whole, and with its line where one of
the group points at a labelled line. A false alarm is a fault state reported of a repaired twin or a healthy program
with a likelihood of one half or more.

Run: python -m tests.benchmarks.program_reading    (writes results/program_reading.md)
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import date
from pathlib import Path

from tests.cases.programs.test_labels import FAULTY_STATES, FOLDER, PAIRS, SETS, Pair, Sound
from triage.intake.meaning import findings_of
from triage.intake.scripts import read_scripts

RESULT = Path(__file__).parent / "results" / "program_reading.md"
LIKELY = 0.5
UNSEEN = """Set 3 has been looked at since, to widen the reading. As first measured, unseen: 15 of 24 faults found,
13 with their line, a false alarm on one of 24 twins and on two of ten healthy programs."""


def main() -> None:
    """Read all programs and write the tables."""
    parts = [part(number, programs) for number, programs in enumerate(SETS, 1)]
    text = "\n".join([f"`python -m tests.benchmarks.program_reading`, {date.today()}", *parts, "", UNSEEN])
    print(text)
    print(f"{1000 * seconds():.1f} ms a program")
    RESULT.write_text(text + "\n", encoding="utf-8")


def part(number, programs):
    """The tables of one set."""
    lines, counts = [], Counter()
    for pair in (program for program in programs if isinstance(program, Pair)):
        found, at_line = judged(pair)
        alarms = false_alarms(pair.twin, pair.false_alarms)
        counts.update(pairs=1, found=found, at_line=at_line, alarms=bool(alarms))
        if not (found and at_line) or alarms:
            told = (pair.id, pair.framework, pair.fault, word(found), word(at_line), alarms)
            lines.append(f"| {' | '.join(told)} |")
    for program in (program for program in programs if isinstance(program, Sound)):
        wrong = {name: [s for s in some if s != program.holds.get(name)] for name, some in FAULTY_STATES.items()}
        alarms = false_alarms(program.file, wrong)
        counts.update(sound=1, sound_alarms=bool(alarms))
        if alarms:
            lines.append(f"| {program.id} | {program.framework} | healthy | | | {alarms} |")
    heading = ["| program | framework | fault | found | line | false alarms |", "| --- | --- | --- | --- | --- | --- |"]
    return "\n".join(
        [
            "",
            f"Set {number}",
            "",
            "| | programs | of them |",
            "| --- | --- | --- |",
            f"| faults found | {counts['pairs']} | {counts['found']} |",
            f"| faults found with their line | {counts['pairs']} | {counts['at_line']} |",
            f"| false alarms on repaired twins | {counts['pairs']} | {counts['alarms']} |",
            f"| false alarms on healthy programs | {counts['sound']} | {counts['sound_alarms']} |",
            *(["", "What is not as it should be:", "", *heading, *lines] if lines else []),
        ]
    )


def judged(pair):
    """Whether the fault is found, and whether with its line."""
    read = reported(pair.file)
    lines = {pair.line, *pair.other_lines}
    whole = [group for group in pair.any_of if all(state_of(read, name) == state for name, state in group.items())]
    at_line = any(read[name].place.line in lines for group in whole for name in group)
    return bool(whole), at_line


def false_alarms(file, wrong):
    """Finding=state of those that would be wrong and are reported as likely."""
    return ", ".join(
        f"{name}={found.state}"
        for name, found in reported(file).items()
        if found.state in wrong.get(name, ()) and found.likelihood[found.state] >= LIKELY
    )


def reported(file):
    """Finding -> what is reported of it."""
    return {found.finding: found for found in findings_of(read_scripts([FOLDER / file]))}


def state_of(read, name):
    return read[name].state if name in read and read[name].likelihood[read[name].state] >= LIKELY else ""


def word(is_so):
    return "yes" if is_so else "no"


def seconds():
    files = [pair.file for pair in PAIRS]
    begun = time.perf_counter()
    for file in files:
        reported(file)
    return (time.perf_counter() - begun) / len(files)


if __name__ == "__main__":
    main()
