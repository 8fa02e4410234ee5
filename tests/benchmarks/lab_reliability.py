"""How far the detectors can be trusted, and how often a cause brings a symptom about, measured in the fault laboratory.

The truth about a run's symptoms is `tests.lab.campaign.truth_symptoms`: it sees noise-free losses, every step, and the
healthy twins, none of which the detectors see. A healthy run about which it is silent is in the normal state. The
tables of confusion are those of the held-back part, each run's log as it was logged. What the knowledge takes over is
measured on the tuning part, as the held-back part must not be learnt from:

- what a detector takes each state for, and its reliability: the chance that a reading is no guess under which the
  readings are likeliest (`triage.beliefs.report.reading_likelihood`);
- how often a cause brings a state about, over the runs whose log shows the fault at all. The knowledge says how often
  a cause *acts*; what is left over is as in a run without it. With the share p of a state among the cause's runs and h
  among healthy ones, a cause that acts in all but a share i of its runs has p(normal) = i h(normal), and of another
  state p = acts + i h; both are solved for. The state is the true one where it is known, else the one that is read. A
  healthy run says nothing of a symptom that is asked only under conditions, and not of it.

Run: python -m tests.benchmarks.lab_reliability F [--write]    (results/lab_reliability.md; into the knowledge files)
"""

import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import numpy as np

import knowledge
from knowledge.bands import BAND_PROBABILITY
from knowledge.schema import Basis
from tests.benchmarks.lab_diagnosis import table, visible
from tests.benchmarks.lab_knowledge import TAKEN_FROM, write_detectors, write_shares
from tests.lab.campaign.judging import judged_rows
from triage.beliefs import compile_network, reading_likelihood

RESULT = Path(__file__).parent / "results" / "lab_reliability.md"
FEWEST = 8
"""Runs of a cause from which on a share is worth a figure."""

FEWEST_TRUE = 24
"""Runs in one true state from which on it is worth a figure what that is taken for."""

ENOUGH = 100
"""Readings from which on a detector's measured reliability and confusions go into the knowledge."""

BANDS = sorted(BAND_PROBABILITY.items(), key=lambda item: item[1])


def main() -> None:
    rows = judged_rows(Path(sys.argv[1]))
    _, shown = visible(rows)
    rows = [row for row in rows if row.own]
    base = knowledge.load()
    network = compile_network(base)
    held_back, tuning = ([row for row in rows if row.held_back == part] for part in (True, False))
    shares = acting_shares(base, tuning, shown)
    confusions = {finding: confusion(base, finding, tuning) for finding in detected(base)}
    fitted = {finding: reliability(base, network, finding, tuning, confusions[finding]) for finding in confusions}
    parts = [
        f"`python -m tests.benchmarks.lab_reliability`, {date.today()}, {len(rows)} runs, {len(held_back)} held back",
        reliabilities(base, held_back, tuning, fitted),
        *(shown_confusion(base, finding, held_back) for finding in detected(base)),
        disagreements(base, shares),
        measured(shares),
    ]
    text = "\n\n".join(part for part in parts if part) + "\n"
    print(text)
    RESULT.write_text(text, encoding="utf-8")
    if "--write" in sys.argv:
        background = {name: network.background(name).tolist() for _, name in shares}
        leaks = {name: dict(zip(base.findings[name].states, found, strict=True)) for name, found in background.items()}
        write_shares({place: found for place, found in shares.items() if taken_over(base, *place, found[0])}, leaks)
        write_detectors(confusions, {finding: found for finding, found in fitted.items() if found[1] >= ENOUGH})


def detected(base):
    return [name for name, finding in base.findings.items() if getattr(finding, "detector", None)]


def true_state(base, row, finding):
    """The true state, or None where nobody knows."""
    if finding in row.truth:
        return row.truth[finding]
    return next(iter(base.findings[finding].states)) if row.healthy else None


def read(row, finding):
    likelihood = row.readings[finding]
    return max(likelihood, key=likelihood.get)


def known(base, rows, finding):
    return [row for row in rows if finding in row.readings and true_state(base, row, finding) is not None]


def reliabilities(base, held_back, tuning, fitted):
    lines = []
    for finding in detected(base):
        cells = []
        for rows in (held_back, tuning):
            found = known(base, rows, finding)
            right = (
                np.mean([read(row, finding) == true_state(base, row, finding) for row in found]) if found else np.nan
            )
            cells += [len(found), f"{right:.1%}"]
        lines.append([finding, *cells, fitted[finding][0]])
    head = ["symptom", "held back: readings", "right", "tuning: readings", "right", "reliability, tuning"]
    return table(head, lines)


def confusion(base, finding, rows):
    """True state -> (what it is taken for -> share, runs), of the states with enough runs."""
    counts = defaultdict(Counter)
    for row in known(base, rows, finding):
        counts[true_state(base, row, finding)][read(row, finding)] += 1
    return {
        state: ({other: count / found.total() for other, count in found.items() if other != state}, found.total())
        for state, found in counts.items()
        if found.total() >= FEWEST_TRUE
    }


def reliability(base, network, finding, rows, taken):
    """The reliability under which what was read is likeliest given what is true, and the readings it rests on."""
    states = tuple(base.findings[finding].states)
    common = network.background(finding)
    matrix = np.eye(len(states))
    for state, (others, _) in taken.items():
        place = states.index(state)
        for other, share in others.items():
            matrix[place, states.index(other)] = share if share >= TAKEN_FROM else 0.0
        matrix[place, place] = 1.0 - (matrix[place].sum() - matrix[place, place])
    grid = np.array([*np.round(np.arange(0.50, 0.99, 0.01), 2), 0.99, 0.995, 0.999])
    total = np.zeros(grid.size)
    found = known(base, rows, finding)
    for row in found:
        place = states.index(true_state(base, row, finding))
        # The likelihood of a reading is linear in the reliability.
        low, high = (
            reading_likelihood(states, common, row.readings[finding], some, matrix)[place] for some in (0.0, 1.0)
        )
        total += np.log(np.maximum((1 - grid) * low + grid * high, 1e-12))
    return float(grid[np.argmax(total)]), len(found)


def shown_confusion(base, finding, rows):
    states = list(base.findings[finding].states)
    counts = Counter((true_state(base, row, finding), read(row, finding)) for row in known(base, rows, finding))
    true = [state for state in states if any(counts[state, other] for other in states)]
    if not true:
        return ""
    lines = [[state, *(counts[state, other] or "" for other in states)] for state in true]
    return f"{finding}, held back, true state by what was read:\n\n" + table(["true", *states], lines)


def acting_shares(base, rows, shown):
    """(cause, symptom) -> (abnormal state -> share of runs in which the cause brings it about, runs)."""
    healthy, faulty = defaultdict(Counter), defaultdict(Counter)
    for row in rows:
        if row.causes and (len(row.causes) > 1 or not shown.get((row.id, row.granularity))):
            continue
        for finding in detected(base):
            state = true_state(base, row, finding) or (read(row, finding) if finding in row.readings else None)
            unasked = base.findings[finding].asks_when and finding not in row.readings and finding not in row.truth
            if state is None or unasked:
                continue
            if row.healthy:
                healthy[finding][state] += 1
            else:
                faulty[row.causes[0], finding][state] += 1
    found = {}
    for (cause, finding), counts in faulty.items():
        runs = counts.total()
        if runs < FEWEST or not healthy[finding].total():
            continue
        normal, *others = base.findings[finding].states
        usual = {state: healthy[finding][state] / healthy[finding].total() for state in (normal, *others)}
        idle = min(1.0, counts[normal] / runs / max(usual[normal], 1e-9))
        found[cause, finding] = (
            {state: max(0.0, counts[state] / runs - idle * usual[state]) for state in others},
            runs,
        )
    return found


def disagreements(base, shares):
    """Where a measured share and the curated band are more than two bands apart."""
    lines = []
    for (cause, finding), (acts, runs) in sorted(shares.items()):
        edge = next((edge for edge in base.causes[cause].symptoms if edge.finding == finding), None)
        for state, share in acts.items():
            band = edge.states[state].band if edge is not None and state in edge.states else None
            apart = abs(place_of(share) - place_of(BAND_PROBABILITY[band] if band is not None else 0.0))
            if apart > 2:
                won = "measured" if taken_over(base, cause, finding, acts) else "documents"
                lines.append([cause, finding, state, band or "not named", f"{share:.2f}", runs, won])
    head = ["cause", "symptom", "state", "band", "measured", "runs", "won"]
    return "More than two bands apart, tuning:\n\n" + table(head, lines)


def taken_over(base, cause, finding, acts):
    """Whether the knowledge takes over what was measured: not where documents say otherwise by more than one band.

    What documents tell happened in runs of people; how severe a fault is in the laboratory was ours to choose. An edge
    that rests on judgement alone gives way to what was measured.
    """
    edge = next((edge for edge in base.causes[cause].symptoms if edge.finding == finding), None)
    if edge is None or edge.basis is not Basis.DOCUMENTED:
        return True
    return all(
        abs(place_of(acts.get(state, 0.0)) - place_of(BAND_PROBABILITY[likelihood.band])) <= 1
        for state, likelihood in edge.states.items()
    )


def measured(shares):
    lines = []
    for (cause, finding), (acts, runs) in sorted(shares.items()):
        told = ", ".join(f"{state} {share:.2f}" for state, share in acts.items() if share >= 0.05)
        if told:
            lines.append([cause, finding, told, runs])
    return "How often a cause brings a state about, tuning:\n\n" + table(["cause", "symptom", "states", "runs"], lines)


def place_of(share):
    """The band that is nearest to a share."""
    return int(np.argmin([abs(value - share) for _, value in BANDS]))


if __name__ == "__main__":
    main()
