"""How well runs of the fault laboratory are diagnosed from the log alone, and after truthful answers.

Only the held-back part counts: bases and seeds that nothing was tuned on. Of each run the log at one granularity is
read, drawn by its id. A fault *shows* where the log is farther from those of its healthy twins (same network, data and
settings, other seeds) than 99 of 100 twins are from each other, see `tests.lab.campaign.visibility`; the threshold
comes from the tuning part. Faults whose log is statistically a healthy twin's are listed apart.

A healthy run is *called faulty* where `triage --log` would say so: no fault is believed with less than one half.

For the calibration the verdict is the largest of no fault, not listed, and the marginal of each cause. The laboratory
has as many runs of each cause, whatever its prior; so every number stands there twice: over the runs as they are, and
with each run weighed so that causes and health are as common as the knowledge takes them to be.

Run: python -m tests.lab.campaign.campaign --folder F; python -m tests.lab.campaign.judging --folder F
     python -m tests.benchmarks.lab_diagnosis F    (writes results/lab_diagnosis.md and results/lab_reliability.png)
"""

import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import numpy as np

import knowledge
from tests.lab.campaign.judging import AFTER, judged_rows
from tests.lab.campaign.visibility import distance, threshold, usual_spread
from triage.beliefs import compile_network

RESULTS = Path(__file__).parent / "results"
BINS = 15


def main() -> None:
    rows = judged_rows(Path(sys.argv[1]))
    limit, shown = visible(rows)
    own = [row for row in rows if row.own]
    held_back = [row for row in own if row.held_back]
    parts = [
        f"`python -m tests.benchmarks.lab_diagnosis`, {date.today()}, knowledge {knowledge.load().hash[:12]}",
        f"{len(own)} runs, {len(held_back)} held back; a fault shows from a distance of {limit:.1f} on.",
        headline(own, shown),
        by_granularity(rows, shown),
        by_cause(held_back, shown),
        by_kind(held_back),
        pairs(held_back, shown),
        calibration(held_back),
    ]
    text = "\n\n".join(parts) + "\n"
    print(text)
    (RESULTS / "lab_diagnosis.md").write_text(text, encoding="utf-8")


def visible(rows):
    """The distance from which on a fault shows, and (id, granularity) -> whether that of a faulty run does."""
    twins = defaultdict(list)
    for row in rows:
        if row.what == "sound":
            twins[row.base, row.granularity].append(row)
    figures = {place: [twin.figures for twin in some] for place, some in twins.items()}
    tuning = [figures[place] for place, some in twins.items() if not some[0].held_back and len(some) > 2]
    spread = usual_spread(tuning)
    limit = threshold(tuning, spread)
    shown = {}
    for row in rows:
        others = figures.get((row.base, row.granularity))
        if row.causes and others:
            shown[row.id, row.granularity] = distance(row.figures, others, spread)[0] > limit
    return limit, shown


def headline(rows, shown):
    lines = []
    for title, held_back in (("held back", True), ("tuning", False)):
        part = [row for row in rows if row.held_back == held_back]
        faulty = [row for row in part if len(row.causes) == 1]
        seen = [row for row in faulty if shown.get((row.id, row.granularity))]
        healthy = [row for row in part if row.healthy]
        lines.append([title, f"{len(seen)} of {len(faulty)}", *ranks(seen), len(healthy), flagged(healthy)])
    lines.append(["asked", "", "75 %", "50 %", "", "under 3 %"])
    head = ["from the log alone", "faults that show", "top three", "top one", "healthy runs", "called faulty"]
    return table(head, lines)


def by_granularity(rows, shown):
    lines = []
    for granularity in sorted({row.granularity for row in rows}):
        part = [row for row in rows if row.granularity == granularity and row.held_back]
        seen = [row for row in part if len(row.causes) == 1 and shown.get((row.id, granularity))]
        healthy = [row for row in part if row.healthy]
        lines.append([granularity, len(seen), *ranks(seen), len(healthy), flagged(healthy)])
    head = ["logged", "faults that show", "top three", "top one", "healthy runs", "called faulty"]
    return "Held back, by how the run was logged:\n\n" + table(head, lines)


def by_cause(rows, shown):
    lines = []
    for cause in sorted({row.causes[0] for row in rows if len(row.causes) == 1}):
        of_cause = [row for row in rows if row.causes == (cause,)]
        seen = [row for row in of_cause if shown.get((row.id, row.granularity))]
        instead = Counter(row.alone.ranking[0] for row in seen if row.alone.ranking and not within(row, 1))
        named = ", ".join(f"{name} {count}" for name, count in instead.most_common(3))
        lines.append([cause, len(of_cause), len(seen), *ranks(seen), flagged(seen), named])
    head = ["cause", "runs", "show", "top three", "top one", "called faulty", "ranked first instead"]
    return "Held back, each cause:\n\n" + table(head, lines)


def by_kind(rows):
    lines = []
    for what in sorted({row.what for row in rows if row.healthy}):
        part = [row for row in rows if row.healthy and row.what == what]
        wrong = Counter(row.alone.ranking[0] for row in part if called_faulty(row))
        named = ", ".join(f"{name} {count}" for name, count in wrong.most_common(3))
        lines.append([what, len(part), sum(wrong.values()), named])
    head = ["kind", "runs", "called faulty", "ranked first there"]
    return "Held back, healthy runs:\n\n" + table(head, lines)


def pairs(rows, shown):
    two = [row for row in rows if len(row.causes) == 2 and shown.get((row.id, row.granularity))]
    either = share(any(cause in row.alone.ranking[:3] for cause in row.causes) for row in two)
    both = share(all(cause in row.alone.ranking[:5] for cause in row.causes) for row in two)
    return f"Two faults at once, {len(two)} runs that show: one in the top three {either}, both in the top five {both}."


def ranks(rows):
    return share(within(row, 3) for row in rows), share(within(row, 1) for row in rows)


def within(row, most):
    return row.causes[0] in row.alone.ranking[:most]


def flagged(rows):
    return share(called_faulty(row) for row in rows)


def called_faulty(row):
    return row.alone.no_fault < 0.5


def share(hits):
    hits = list(hits)
    return f"{np.mean(hits):.1%}" if hits else "none"


def table(head, lines):
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)


def calibration(rows):
    wanted = prior_of(compile_network(knowledge.load()))
    singles = [row for row in rows if len(row.causes) < 2]
    parts = {"from the log alone": [(row, row.alone) for row in singles]}
    for count in AFTER:
        parts[f"after {count} truthful answers"] = [(row, row.after[count]) for row in singles if count in row.after]
    lines, drawn = [], {}
    for title, part in parts.items():
        if not part:
            continue
        stated, true, brier, loss = map(np.array, zip(*(outcome(row, verdict) for row, verdict in part), strict=True))
        even, weighed = np.full(len(part), 1 / len(part)), weights_of([row for row, _ in part], wanted)
        figures = [
            f"{value:.3f}"
            for weights in (even, weighed)
            for value in (error(stated, true, weights), brier @ weights, loss @ weights)
        ]
        lines.append([title, len(part), f"{true.mean():.1%}", *figures])
        drawn[title] = (stated, true, {"runs as they are": even, "weighed by the prior": weighed})
    picture(drawn)
    head = [
        "",
        "runs",
        "verdict right",
        "ECE",
        "Brier",
        "log loss",
        "ECE, weighed",
        "Brier, weighed",
        "log loss, weighed",
    ]
    return "Calibration, held back (asked: ECE at most 0.05):\n\n" + table(head, lines)


def prior_of(network):
    """Prior of no fault under "", and of each cause, alone or beside another."""
    known = network.hypotheses
    held = [[known.prior[place] for place, some in enumerate(known.sets) if cause in some] for cause in known.causes]
    return {"": known.prior[0], **dict(zip(known.causes, map(sum, held), strict=True))}


def weights_of(rows, wanted):
    names = [row.causes[0] if row.causes else "" for row in rows]
    count = Counter(names)
    weights = np.array([wanted[name] / count[name] for name in names])
    return weights / weights.sum()


def outcome(row, verdict):
    """Probability of the likeliest, whether it is true, Brier score, and minus the logarithm of the true one's."""
    stated = {"": verdict.no_fault, "?": verdict.not_listed, **verdict.causes}
    truth = row.causes[0] if row.causes else ""
    best = max(stated, key=stated.get)
    brier = sum((value - (name == truth)) ** 2 for name, value in stated.items())
    return stated[best], best == truth, brier, -np.log(max(stated.get(truth, 0.0), 1e-6))


def error(stated, true, weights):
    """ECE over bins of equal width (Guo et al. 2017, "On calibration of modern neural networks", section 2)."""
    gaps = np.bincount(bins_of(stated), (stated - true) * weights, BINS)
    return float(np.abs(gaps).sum())


def bins_of(stated):
    return np.minimum((stated * BINS).astype(int), BINS - 1)


def picture(drawn):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(drawn), figsize=(4 * len(drawn), 4), sharey=True, squeeze=False)
    for axis, (title, (stated, true, weighings)) in zip(axes[0], drawn.items(), strict=True):
        axis.plot([0, 1], [0, 1], color="grey", linewidth=1)
        for name, weights in weighings.items():
            size, said, right = (
                np.bincount(bins_of(stated), some * weights, BINS) for some in (np.ones(len(stated)), stated, true)
            )
            there = size > 0
            label = f"{name}: ECE {error(stated, true, weights):.3f}"
            axis.plot(said[there] / size[there], right[there] / size[there], linewidth=1, label=label)
            axis.scatter(said[there] / size[there], right[there] / size[there], s=4 + 400 * size[there], alpha=0.6)
        axis.set(title=title, xlabel="stated", xlim=(0, 1), ylim=(0, 1))
        axis.legend(fontsize=8)
    axes[0][0].set_ylabel("came true")
    figure.tight_layout()
    figure.savefig(RESULTS / "lab_reliability.png", dpi=90)


if __name__ == "__main__":
    main()
