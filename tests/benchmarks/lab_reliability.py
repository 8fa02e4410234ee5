"""How far the detectors can be trusted, and how often a cause brings a symptom about, measured in the fault laboratory.

The truth about a run's symptoms is `tests.lab.campaign.truth_symptoms`: it sees noise-free losses, every step, and the
healthy twins, none of which the detectors see. Confusions and reliabilities are those of the held-back part. A
reliability is the chance that a reading is no guess under which the readings are likeliest, see
`triage.beliefs.report.reading_likelihood`.

How often a cause brings a state about is measured on the tuning part, as the knowledge learns it and the held-back part
must not be learnt from. The knowledge says how often a cause *acts*: what is left over is as in a run without it. With
the share p of a state among the cause's runs and h among healthy ones, a cause that acts in a share a of its runs has
p(normal) = (1 - a) h(normal), and of another state p = act + (1 - a) h; both are solved for.

Run: python -m tests.benchmarks.lab_reliability F [--write]    (results/lab_reliability.md; into the knowledge files)
"""

import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import numpy as np

import knowledge
from knowledge.schema import BAND_PROBABILITY
from tests.benchmarks.lab_diagnosis import table
from tests.benchmarks.lab_knowledge import write_measured
from tests.lab.campaign.judging import judged_rows
from triage.beliefs import compile_network, confusion_matrix, reading_likelihood

RESULT = Path(__file__).parent / "results" / "lab_reliability.md"
FEWEST = 12
"""Runs of a cause from which on a share is worth a figure."""

NEW_FROM = 0.1
"""A state that the knowledge does not name is added from this share of acting on, if two standard errors keep it above
its leak."""

BANDS = sorted(BAND_PROBABILITY.items(), key=lambda item: item[1])


def main() -> None:
    rows = [row for row in judged_rows(Path(sys.argv[1])) if row.own]
    base = knowledge.load()
    network = compile_network(base)
    held_back = [row for row in rows if row.held_back]
    shares = acting_shares(base, [row for row in rows if not row.held_back])
    parts = [
        f"`python -m tests.benchmarks.lab_reliability`, {date.today().isoformat()}, {len(rows)} runs, "
        f"{len(held_back)} held back",
        reliabilities(base, network, held_back),
        *(confusion(base, finding, held_back) for finding in detected(base)),
        disagreements(base, shares),
    ]
    text = "\n\n".join(part for part in parts if part) + "\n"
    print(text)
    RESULT.write_text(text, encoding="utf-8")
    if "--write" in sys.argv:
        leaks = {
            name: dict(zip(base.findings[name].states, network.background(name), strict=True)) for _, name in shares
        }
        write_measured(shares, leaks, NEW_FROM)


def detected(base):
    return [name for name, finding in base.findings.items() if getattr(finding, "detector", None)]


def reliabilities(base, network, rows):
    lines = []
    for finding in detected(base):
        known = [row for row in rows if finding in row.truth and finding in row.readings]
        if not known:
            continue
        detector = base.findings[finding].detector
        right = np.mean([read(row, finding) == row.truth[finding] for row in known])
        best = likeliest_reliability(base, network, finding, known)
        lines.append([finding, len(known), f"{right:.1%}", detector.reliability, best])
    return table(["symptom", "readings", "right", "reliability stated", "reliability likeliest"], lines)


def read(row, finding):
    likelihood = row.readings[finding]
    return max(likelihood, key=likelihood.get)


def likeliest_reliability(base, network, finding, rows):
    """The reliability, of a few hundred, under which what was read is likeliest given what is true."""
    states = tuple(base.findings[finding].states)
    common = network.background(finding)
    matrix = confusion_matrix(states, base.findings[finding].detector.look_alikes)
    grid = np.round(np.arange(0.30, 1.0, 0.01), 2)
    total = np.zeros(grid.size)
    for row in rows:
        place = states.index(row.truth[finding])
        # The likelihood of a reading is linear in the reliability.
        low, high = (
            reading_likelihood(states, common, row.readings[finding], some, matrix)[place] for some in (0.0, 1.0)
        )
        total += np.log(np.maximum((1 - grid) * low + grid * high, 1e-12))
    return float(grid[np.argmax(total)])


def confusion(base, finding, rows):
    states = list(base.findings[finding].states)
    counts = Counter(
        (row.truth[finding], read(row, finding)) for row in rows if finding in row.truth and finding in row.readings
    )
    true = [state for state in states if any(counts[state, other] for other in states)]
    if len(true) < 2:
        return ""
    lines = [[state, *(counts[state, other] or "" for other in states)] for state in true]
    return f"{finding}, true state by what was read:\n\n" + table(["true", *states], lines)


def acting_shares(base, rows):
    """(cause, symptom) -> (how often the cause brings each abnormal state about, the runs)."""
    healthy = defaultdict(Counter)
    faulty = defaultdict(Counter)
    for row in rows:
        for finding, state in row.truth.items():
            if row.healthy:
                healthy[finding][state] += 1
            elif len(row.causes) == 1:
                faulty[row.causes[0], finding][state] += 1
    found = {}
    for (cause, finding), counts in faulty.items():
        runs = counts.total()
        if runs < FEWEST or not healthy[finding].total():
            continue
        normal, *others = base.findings[finding].states
        usual = {state: healthy[finding][state] / healthy[finding].total() for state in (normal, *others)}
        idle = min(1.0, counts[normal] / runs / max(usual[normal], 1e-9))
        acts = {state: max(0.0, counts[state] / runs - idle * usual[state]) for state in others}
        found[cause, finding] = (acts, runs)
    return found


def disagreements(base, shares):
    """Where a measured share and the curated band are more than two bands apart."""
    lines = []
    for (cause, finding), (acts, runs) in sorted(shares.items()):
        edge = next((edge for edge in base.causes[cause].symptoms if edge.finding == finding), None)
        for state, share in acts.items():
            band = edge.states[state].band if edge is not None and state in edge.states else None
            curated = BAND_PROBABILITY[band] if band is not None else 0.0
            apart = abs(place_of(share) - place_of(curated))
            if apart > 2:
                lines.append([cause, finding, state, band or "not named", f"{share:.2f}", runs])
    head = ["cause", "symptom", "state", "band", "measured", "runs"]
    return "More than two bands apart:\n\n" + table(head, lines)


def place_of(share):
    """The band that is nearest to a share."""
    return int(np.argmin([abs(value - share) for _, value in BANDS]))


if __name__ == "__main__":
    main()
