from __future__ import annotations

from typing import get_args

import pytest

from tests.report.examples import a_base, a_cause, a_diagnosis
from triage.cli import FORMATS
from triage.diagnosis import FindingView
from triage.report.problems import Place, problems_of
from triage.report.render import Format, render


def found_in(place, finding="nan_onset"):
    return FindingView(
        finding=finding, state="sudden", probability=0.9, origin="code", steps=None, message="Said there", place=place
    )


def test_a_healthy_run_has_no_problem():
    assert problems_of(a_diagnosis(no_fault=0.6)) == []


def test_a_likely_cause_is_an_error_and_a_possible_one_a_warning():
    causes = [a_cause("first", 0.6), a_cause("second", 0.3), a_cause("third", 0.1)]
    assert [(one.id, one.level) for one in problems_of(a_diagnosis(causes=causes))] == [
        ("first", "error"),
        ("second", "warning"),
    ]


def test_a_faulty_run_never_passes_for_a_sound_one():
    assert [one.id for one in problems_of(a_diagnosis(causes=[a_cause("first", 0.1)], not_listed=0.05))] == ["first"]
    unknown = problems_of(a_diagnosis(causes=[a_cause("first", 0.1)], not_listed=0.8))
    assert [(one.id, one.level, one.title) for one in unknown] == [
        ("not_listed", "error", "Something is wrong that is not listed here")
    ]


def test_the_line_that_speaks_for_a_cause_comes_before_the_log():
    problem = problems_of(a_diagnosis(findings=[found_in("src/train.py:41")]))[0]
    assert problem.places == (Place("src/train.py", 41), Place("run plain words"))
    assert problem.seen == ("Said there.",)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a.py:0", Place("a.py:0")),
        ("weights.npz", Place("weights.npz")),
        (":3", Place(":3")),
        ("C:\\x.py", Place("C:\\x.py")),
        ("C:\\x.py:7", Place("C:\\x.py", 7)),
        ("a:99999999999", Place("a:99999999999")),
    ],
)
def test_a_place_is_a_file_and_a_line_where_it_has_one(text, place):
    assert problems_of(a_diagnosis(findings=[found_in(text)]))[0].places[0] == place


@pytest.mark.parametrize("name", ["-", "<training>", "<DataFrame>"])
def test_what_has_no_file_has_no_place(name):
    view = a_diagnosis().history.model_copy(update={"files": [name]})
    assert problems_of(a_diagnosis(history=view))[0].places == ()


def test_the_command_line_offers_every_format_that_there_is():
    assert get_args(Format) == FORMATS


def test_json_on_one_line_is_the_same_json():
    import json

    diagnosis = a_diagnosis("line\nbreak \u2028 \x85")
    line = render(diagnosis, a_base(), None, "jsonl")
    assert len(line.splitlines()) == 1
    assert json.loads(line) == json.loads(render(diagnosis, a_base(), None, "json"))
