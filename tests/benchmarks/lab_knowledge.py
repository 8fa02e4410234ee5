"""Writes what the laboratory measured into the knowledge, beside the curated bands; all else stays as it stands."""

import re
from pathlib import Path

import yaml

from knowledge.bands import BAND_PROBABILITY
from knowledge.schema import Likelihood

FOLDER = Path(__file__).parents[2] / "knowledge"
CAUSES, SYMPTOMS = FOLDER / "causes", FOLDER / "symptoms"
NEW_FROM = 0.1
TAKEN_FROM = 0.02
NEAREST = sorted(((value, band) for band, value in BAND_PROBABILITY.items() if 0 < value < 1), reverse=True)


def write_shares(shares, leaks):
    """Write how often causes bring states about.

    A state that the cause does not name is added from `NEW_FROM` on, if two standard errors keep it above its leak. A
    state whose value would fall to its leak is left as it is curated, as it would say nothing any more; and so are all
    states of an edge that would then sum to more than one.

    Args:
        shares: (cause, symptom) -> (state -> share of runs in which the cause brings it about, runs).
        leaks: symptom -> state -> how often it is there without a cause.

    """
    for cause in sorted({cause for cause, _ in shares}):
        path = CAUSES / f"{cause}.yaml"
        text = path.read_text(encoding="utf-8")
        known = {edge["finding"]: edge["states"] for edge in yaml.safe_load(text).get("symptoms", [])}
        for (_, finding), (acts, runs) in sorted(item for item in shares.items() if item[0][0] == cause):
            named = {state: band_of(value) for state, value in known.get(finding, {}).items()}
            new = [state for state in acts if state not in named and is_new(acts[state], runs, leaks[finding][state])]
            values = {**named, **{state: nearest(acts[state]) for state in new}}
            told = {state: drawn(band, acts.get(state), runs, leaks[finding][state]) for state, band in values.items()}
            if sum(likelihood.probability for likelihood in told.values()) > 1.0:
                continue
            lines = [line_of(state, likelihood) for state, likelihood in told.items()]
            if not lines:
                continue
            block = "".join(lines)
            text = with_states(text, finding, block) if finding in known else with_edge(text, finding, block)
        path.write_text(text, encoding="utf-8")


def write_detectors(confusions, reliabilities):
    """Write what detectors take states for, and how reliable they are; what is curated and was not measured stays.

    Args:
        confusions: symptom -> true state -> (what it is taken for -> share, runs).
        reliabilities: symptom -> (reliability, readings).

    """
    for finding, (value, runs) in reliabilities.items():
        taken = confusions[finding]
        path = SYMPTOMS / f"{finding}.yaml"
        text = path.read_text(encoding="utf-8")
        detector = yaml.safe_load(text)["detector"]
        kept = [pair for pair in detector.get("look_alikes", []) if pair["state"] not in taken]
        lines = [
            "detector:",
            f"  name: {detector['name']}",
            f"  reliability: {value:g}",
            "  basis: measured",
            f"  n: {runs}",
        ]
        pairs = [pair_of(state, others, count) for state, (others, count) in taken.items()]
        pairs = [pair for pair in pairs if pair]
        if pairs or kept:
            lines.append("  look_alikes:")
            lines += [line for pair in pairs for line in pair]
            lines += (
                ["    " + line for line in yaml.safe_dump(kept, sort_keys=False, width=110).splitlines()]
                if kept
                else []
            )
        replaced = re.sub(r"^detector:.*\n(?:[ ].*\n)*", "\n".join(lines) + "\n", text, flags=re.MULTILINE)
        path.write_text(replaced, encoding="utf-8")


def pair_of(state, others, runs):
    named = {other: share for other, share in sorted(others.items(), key=lambda item: -item[1]) if share >= TAKEN_FROM}
    if not named:
        return []
    told = [
        f"        {other}: {{band: {nearest(share)}, measured: {share:.3f}, n: {runs}}}"
        for other, share in named.items()
    ]
    return [f"    - state: {state}", "      taken_for:", *told, "      basis: measured"]


def band_of(value):
    return value if isinstance(value, str) else value["band"]


def nearest(share):
    return min(NEAREST, key=lambda item: abs(item[0] - share))[1].value


def is_new(share, runs, leak):
    error = (share * (1 - share) / runs) ** 0.5
    return share >= NEW_FROM and share - 2 * error > leak


def drawn(band, share, runs, leak):
    """The band with what was measured, or alone where that would leave nothing beyond the leak."""
    if share is not None:
        measured = Likelihood(band=band, measured=round(share, 3), n=runs)
        if measured.probability > leak:
            return measured
    return Likelihood(band=band)


def line_of(state, likelihood):
    band, measured, runs = likelihood.band.value, likelihood.measured, likelihood.n
    if measured is None:
        return f"      {state}: {band}\n"
    return f"      {state}: {{band: {band}, measured: {measured:.3f}, n: {runs}}}\n"


def with_states(text, finding, block):
    """The text with other states of one edge."""
    begin, end = section(text)
    pattern = re.compile(rf"(  - finding: {finding}\n)    states:(?: \{{[^}}]*\}}\n|\n(?:      [^\n]*\n)+)")
    replaced, count = pattern.subn(lambda found: f"{found[1]}    states:\n{block}", text[begin:end])
    if count != 1:
        raise SystemExit(f"expected one edge to {finding}, found {count}")
    return text[:begin] + replaced + text[end:]


def with_edge(text, finding, block):
    """The text with one edge more, behind the others."""
    _, end = section(text)
    edge = f"  - finding: {finding}\n    states:\n{block}    basis: measured\n"
    return text[:end] + edge + text[end:]


def section(text):
    """Where the edges to symptoms begin and end."""
    begin = text.index("\nsymptoms:\n") + len("\nsymptoms:\n")
    after = re.search(r"^\S", text[begin:], re.MULTILINE)
    return begin, begin + after.start() if after else len(text)
