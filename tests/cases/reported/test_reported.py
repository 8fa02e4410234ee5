"""Runs that people reported in public, whose cause was found in the end, as tests of the knowledge.

``findings.yaml`` holds what each report tells, as findings, never the cause; the causes are read from the collection of
cases where that is beside the tree. It calls some causes by other names, and holds causes besides the true one that a
helper could not have told from it.
"""

from __future__ import annotations

import pytest

import triage
from tests.cases.reported.collection import CASES, NOT_IN_THE_KNOWLEDGE, OUR_NAMES, REPORTS, acceptable_causes

if not CASES:
    pytest.skip("the reported cases are not here", allow_module_level=True)

NOT_AMONG_THE_FIRST_THREE = {
    "V001": "one image per batch makes an empty target likelier than a faulty box; several rates are no finding",
    "V014": "only that the gradients of an optimizer of its own are NaN after the first step",
    "V034": "a rate just above the usual and a warm-up of usual length count against both acceptable causes",
    "V048": "only that a classifier does not get better",
}
"""What the report tells does not single them out; the reason stands beside."""

TOP_THREE, FIRST = 0.85, 0.60


def rank_of(name: str) -> int:
    """Place of the best placed acceptable cause, from one."""
    acceptable = acceptable_causes(name)
    ranking = [view.id for view in triage.diagnose(answers=REPORTS[name]["findings"]).causes]
    return next((place for place, cause in enumerate(ranking, start=1) if cause in acceptable), len(ranking) + 1)


@pytest.fixture(scope="module")
def ranks() -> dict[str, int]:
    return {name: rank_of(name) for name in REPORTS}


def test_every_case_is_mapped_and_every_cause_has_a_name_of_ours(real_base):
    assert REPORTS.keys() == CASES.keys()
    named = {cause for case in CASES.values() for cause in (case["cause"], *case["also_acceptable"])}
    assert {OUR_NAMES.get(cause, cause) for cause in named - NOT_IN_THE_KNOWLEDGE} <= real_base.causes.keys()


def test_the_mapping_holds_findings_and_never_a_cause(real_base):
    for report in REPORTS.values():
        assert report.keys() == {"address", "findings"}
        for finding, state in report["findings"].items():
            real_base.state(finding, state)


@pytest.mark.parametrize("name", [name for name in REPORTS if name not in NOT_AMONG_THE_FIRST_THREE])
def test_an_acceptable_cause_is_among_the_first_three(name, ranks):
    assert ranks[name] <= 3


def test_an_acceptable_cause_is_among_the_first_three_in_most_cases(ranks):
    assert sum(rank <= 3 for rank in ranks.values()) >= TOP_THREE * len(ranks)


def test_an_acceptable_cause_comes_first_in_most_cases(ranks):
    assert sum(rank == 1 for rank in ranks.values()) >= FIRST * len(ranks)
