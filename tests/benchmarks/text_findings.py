"""What free text tells: findings of the paragraphs that describe the reported cases, and the causes ranked from them.

The paragraph alone is read, never the facts or the cause that the collection of cases holds beside it. What is
understood is set against the findings that were mapped by hand (tests/cases/reported/findings.yaml): an uncertain
answer of several states counts as right if it holds the mapped one. The mapping was made from the whole report with its
listed facts, so recall is given against all of it and against what the paragraph itself tells (without untold.yaml).

Two readings are measured: the words alone (`understand`), and the words with the numbers that the text names
(`quantities`, read as a file's values are). Causes are ranked from the text alone, fed as the screens feed it, and
after five truthful answers to the questions that come first; what the mapping does not hold is answered by "unknown",
which does not count as one of the five.

Run: python -m tests.benchmarks.text_findings [--details]; the table goes to results/text_findings.md as well.
"""

import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

import knowledge
from tests.cases.reported.collection import CASES, REPORTS, acceptable_causes
from triage.intake.statements import statements
from triage.intake.words import compile_words, understand
from triage.interview import rank_questions
from triage.session import Session

RESULTS = Path(__file__).parent / "results" / "text_findings.md"
UNTOLD = Path(__file__).parents[1] / "cases" / "reported" / "untold.yaml"
FIVE = 5
MOST_QUESTIONS = 60
REPEATS = 5
BARS = {
    "precision": 0.95,
    "recall of all": 0.7,
    "top three, text alone": 0.75,
    "top three, after five": 0.88,
    "ms a kilobyte": 20.0,
}


@dataclass(frozen=True)
class Read:
    """What was made of one paragraph; findings are lists of (finding, states)."""

    name: str
    right: list
    wrong: list
    missed: list
    untold: list
    alone: int
    after: int
    milliseconds: float
    characters: int


def main() -> None:
    if not CASES:
        print("The reported cases are not here.")
        return
    base = knowledge.load()
    index = compile_words(base)
    session = Session(base)
    untold = yaml.safe_load(UNTOLD.read_text(encoding="utf-8"))
    readings = {
        title: [read(session, told, index, name, untold.get(name, [])) for name in REPORTS]
        for title, told in (("words and numbers", by_words_and_numbers), ("words alone", by_words))
    }
    page = "\n".join(report(readings, base.hash))
    print(page)
    if "--details" in sys.argv:
        print("\n".join(details(readings["words and numbers"])))
    RESULTS.write_text(page + "\n", encoding="utf-8")


def by_words(index: object, text: str) -> dict:
    """Finding -> states and the words that tell them."""
    return {told.finding: (told.states, told.words) for told in understand(index, text)}


def by_words_and_numbers(index: object, text: str) -> dict:
    """The same, with what follows from the numbers that are named, as a session hears it."""
    return {told.finding: (told.states, told.words) for told in statements(index, text)}


def read(session: Session, told_by, index: object, name: str, untold: list[str]) -> Read:
    text, truth = CASES[name]["description"], REPORTS[name]["findings"]
    told = told_by(index, text)
    started = time.process_time()
    for _ in range(REPEATS):
        told_by(index, text)
    milliseconds = (time.process_time() - started) / REPEATS * 1000
    found = [(finding, states, words) for finding, (states, words) in told.items()]
    right = [item for item in found if truth.get(item[0]) in item[1]]
    wrong = [item for item in found if truth.get(item[0]) not in item[1]]
    met = {finding for finding, *_ in right}
    missed = [(finding, state) for finding, state in truth.items() if finding not in met]
    consultation = session.another()
    for finding, states, _ in found:
        consultation.volunteer(finding, list(states))
    alone = rank(consultation, name)
    answer(consultation, truth)
    return Read(name, right, wrong, missed, untold, alone, rank(consultation, name), milliseconds, len(text))


def answer(session: Session, truth: dict[str, str]) -> None:
    """Answer five questions truthfully, in the order in which they are asked."""
    answered = 0
    for _ in range(MOST_QUESTIONS):
        beliefs = session.beliefs()
        questions = rank_questions(beliefs.questions, beliefs.posterior, beliefs.evidence, beliefs.asked)
        if not questions or answered == FIVE:
            return
        finding = questions[0].finding
        session.answer(finding, truth.get(finding, "unknown"))
        answered += finding in truth


def rank(session: Session, name: str) -> int:
    """Place of the best placed acceptable cause, from one."""
    posterior = session.beliefs().posterior
    shares = dict(zip(posterior.network.hypotheses.causes, posterior.cause_probability.tolist(), strict=True))
    ranking = sorted(shares, key=lambda cause: -shares[cause])
    acceptable = acceptable_causes(name)
    return next((place for place, cause in enumerate(ranking, start=1) if cause in acceptable), len(ranking) + 1)


def report(readings: dict[str, list[Read]], knowledge_hash: str) -> list[str]:
    reads = next(iter(readings.values()))
    mapped = sum(len(read.right) + len(read.missed) for read in reads)
    untold = sum(len(read.untold) for read in reads)
    lines = [
        "# Findings from free text",
        "",
        f"{datetime.now(UTC).date().isoformat()}, knowledge {knowledge_hash}; {len(reads)} reported cases, "
        f"{mapped} mapped findings, of which {untold} are not told by the paragraph.",
        "",
        f"| | {' | '.join(readings)} | bar |",
        f"|---|{'---|' * len(readings)}---|",
    ]
    columns = [figures_of(reads) for reads in readings.values()]
    for name in columns[0]:
        shown = [f"{figures[name]:.1f}" if name.startswith("ms") else f"{figures[name]:.3f}" for figures in columns]
        lines.append(f"| {name} | {' | '.join(shown)} | {BARS.get(name, '')} |")
    lines += [
        "",
        f"Each case, by {next(iter(readings))}:",
        "",
        "| case | right | wrong | missed | of these untold | rank, text alone | rank, after five |",
        "|---|---|---|---|---|---|---|",
    ]
    for read in reads:
        beyond = sum(finding in read.untold for finding, _ in read.missed)
        lines.append(
            f"| {read.name} | {len(read.right)} | {len(read.wrong)} | {len(read.missed)} | {beyond} "
            f"| {read.alone} | {read.after} |"
        )
    lines += ["", "Understood and not in the mapping:", ""]
    lines += [f"- {read.name}: {item[0]} {' or '.join(item[1])} ({item[2]})" for read in reads for item in read.wrong]
    return lines


def figures_of(reads: list[Read]) -> dict[str, float]:
    right = sum(len(read.right) for read in reads)
    wrong = sum(len(read.wrong) for read in reads)
    missed = sum(len(read.missed) for read in reads)
    beyond = sum(finding in read.untold for read in reads for finding, _ in read.missed)
    return {
        "precision": right / max(right + wrong, 1),
        "recall of all": right / (right + missed),
        "recall of what the text tells": right / (right + missed - beyond),
        "first, text alone": share(reads, lambda read: read.alone == 1),
        "top three, text alone": share(reads, lambda read: read.alone <= 3),
        "first, after five": share(reads, lambda read: read.after == 1),
        "top three, after five": share(reads, lambda read: read.after <= 3),
        "ms a kilobyte": sum(read.milliseconds for read in reads) / sum(read.characters for read in reads) * 1000,
    }


def share(reads: list[Read], holds) -> float:
    return sum(map(holds, reads)) / len(reads)


def details(reads: list[Read]) -> list[str]:
    lines = []
    for read in reads:
        lines += ["", f"## {read.name}", CASES[read.name]["description"]]
        lines += [f"  WRONG {finding} {states} <- {words!r}" for finding, states, words in read.wrong]
        lines += [f"  missed {f} {s}{' (untold)' if f in read.untold else ''}" for f, s in read.missed]
    return lines


if __name__ == "__main__":
    main()
