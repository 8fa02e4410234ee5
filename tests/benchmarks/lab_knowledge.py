"""Writes measured shares into the files of the causes, beside the curated bands, and leaves all else as it stands."""

import re
from pathlib import Path

import yaml

from knowledge.schema import BAND_PROBABILITY

CAUSES = Path(__file__).parents[2] / "knowledge" / "causes"
NEAREST = sorted(((value, band) for band, value in BAND_PROBABILITY.items() if 0 < value < 1), reverse=True)


def write_measured(shares, leaks, least):
    """Write every share that belongs to a state the cause names, and new states from `least` on.

    Args:
        shares: (cause, symptom) -> (state -> share of runs in which the cause brings it about, runs).
        leaks: symptom -> state -> how often it is there without a cause.
        least: share from which on a state that the knowledge does not name is added, if two standard errors keep it
            above its leak.

    """
    for cause in sorted({cause for cause, _ in shares}):
        path = CAUSES / f"{cause}.yaml"
        text = path.read_text(encoding="utf-8")
        known = {edge["finding"]: edge["states"] for edge in yaml.safe_load(text).get("symptoms", [])}
        for (_, finding), (acts, runs) in sorted(item for item in shares.items() if item[0][0] == cause):
            named = {state: band_of(value) for state, value in known.get(finding, {}).items()}
            added = {
                state: nearest(share)
                for state, share in acts.items()
                if state not in named and is_new(share, runs, leaks[finding][state], least)
            }
            states = {
                state: (band, acts[state]) if state in acts else (band, None)
                for state, band in {**named, **added}.items()
            }
            if not states:
                continue
            block = "".join(line_of(state, *both, runs) for state, both in states.items())
            text = with_states(text, finding, block) if finding in known else with_edge(text, finding, block)
        path.write_text(text, encoding="utf-8")


def band_of(value):
    return value if isinstance(value, str) else value["band"]


def nearest(share):
    return min(NEAREST, key=lambda item: abs(item[0] - share))[1].value


def is_new(share, runs, leak, least):
    error = (share * (1 - share) / runs) ** 0.5
    return share >= least and share - 2 * error > leak


def line_of(state, band, share, runs):
    return (
        f"      {state}: {band}\n"
        if share is None
        else f"      {state}: {{band: {band}, measured: {share:.3f}, n: {runs}}}\n"
    )


def with_states(text, finding, block):
    """The text with other states of one edge."""
    begin, end = section(text)
    pattern = re.compile(rf"(  - finding: {finding}\n)    states:(?: \{{.*?\}}\n|\n(?:      .*\n)+)", re.DOTALL)
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
