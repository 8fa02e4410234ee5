"""What a classifier fitted to the laboratory's logs reaches on the held-back part, beside which triage stands.

A forest is fitted to the faults of the tuning part whose log shows them, on the figures of `visibility` (levels and
roughness of every curve), on what the detectors read, and on both; causes are as common as in the laboratory. It knows
no network but those of the laboratory, and says how much of the cause is in the log at all.

Run: python -m tests.benchmarks.lab_ceiling F    (writes results/lab_ceiling.md)
"""

import sys
from datetime import date
from pathlib import Path

import numpy as np

from tests.benchmarks.lab_diagnosis import share, table, visible, within
from tests.lab.campaign.judging import judged_rows

RESULT = Path(__file__).parent / "results" / "lab_ceiling.md"
ABSENT = -99.0
TREES = 600


def main() -> None:
    rows = judged_rows(Path(sys.argv[1]))
    _, shown = visible(rows)
    seen = [row for row in rows if row.own and len(row.causes) == 1 and shown.get((row.id, row.granularity))]
    figures = matrix([row.figures for row in seen])
    readings = matrix([flat(row.readings) for row in seen])
    held_back = np.array([row.held_back for row in seen])
    causes = np.array([row.causes[0] for row in seen])
    lines = [
        [name, *fitted(columns, causes, held_back)]
        for name, columns in (
            ("forest on figures", figures),
            ("forest on readings", readings),
            ("forest on both", np.hstack([figures, readings])),
        )
    ]
    ours = [row for row in seen if row.held_back]
    lines.append(["triage", share(within(row, 3) for row in ours), share(within(row, 1) for row in ours)])
    head = f"`python -m tests.benchmarks.lab_ceiling`, {date.today()}; {held_back.sum()} of {len(seen)} logs held back"
    text = head + "\n\n" + table(["from the log alone", "top three", "top one"], lines) + "\n"
    print(text)
    RESULT.write_text(text, encoding="utf-8")


def flat(readings):
    return {f"{finding}={state}": value for finding, states in readings.items() for state, value in states.items()}


def matrix(rows):
    names = sorted({name for row in rows for name in row})
    return np.array([[row.get(name, ABSENT) for name in names] for row in rows])


def fitted(columns, causes, held_back):
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(TREES, min_samples_leaf=2, random_state=0)
    forest.fit(columns[~held_back], causes[~held_back])
    ranked = forest.classes_[np.argsort(-forest.predict_proba(columns[held_back]), axis=1)]
    hits = ranked == causes[held_back][:, None]
    return share(hits[:, :3].any(axis=1)), share(hits[:, 0])


if __name__ == "__main__":
    main()
