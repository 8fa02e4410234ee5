"""A record is one line, and the line is the record."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import TriageError
from triage.batch.record import Record, Seen, line_of, record_in

TEXT = st.text(max_size=20)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
SHARE = st.floats(0, 1)
STEPS = st.none() | st.tuples(NUMBER, NUMBER)
RECORDS = st.builds(
    Record,
    path=TEXT,
    size=st.integers(-1, 2**60),
    changed=st.integers(0, 2**62),
    knowledge=TEXT,
    verdict=st.sampled_from(["healthy", "faulty", "unreadable"]),
    run=TEXT,
    number=st.integers(1, 9),
    of=st.integers(1, 9),
    digest=TEXT,
    format=TEXT,
    rows=st.integers(0, 10**9),
    no_fault=st.none() | SHARE,
    not_listed=st.none() | SHARE,
    causes=st.dictionaries(TEXT, SHARE, max_size=3),
    findings=st.lists(st.builds(Seen, TEXT, TEXT, STEPS), max_size=3).map(tuple),
    settings=st.dictionaries(TEXT, TEXT | NUMBER | st.booleans(), max_size=3),
    error=TEXT,
    notes=st.lists(TEXT, max_size=2).map(tuple),
)


@given(RECORDS)
def test_a_record_comes_back_from_its_line(record):
    line = line_of(record)
    assert line.endswith("\n")
    assert len(line.encode("utf-8", "backslashreplace").splitlines()) == 1
    assert record_in(line) == record


def test_infinities_are_null_so_that_any_program_reads_the_line():
    seen = Seen("nan_onset", "sudden", (0.0, float("inf")))
    record = Record("a", 1, 2, "k", "faulty", findings=(seen,), settings={"x": float("nan")})
    fields = json.loads(line_of(record), parse_constant=pytest.fail)
    assert fields["findings"][0]["steps"] == [0.0, None]
    assert fields["settings"] == {"x": None}


@pytest.mark.parametrize("line", ["", "{}", "[]", "null", '{"path": 1}', "not json", "[" * 100_000])
def test_another_line_is_refused(line):
    with pytest.raises(TriageError, match="expected a line of results"):
        record_in(line)


def test_the_fault_that_leads_is_the_likeliest_cause_or_one_that_is_not_listed():
    assert Record("a", 1, 2, "k", "faulty", causes={"x": 0.3, "y": 0.2}, not_listed=0.1).leading == "x"
    assert Record("a", 1, 2, "k", "faulty", causes={"x": 0.3}, not_listed=0.5).leading == "not_listed"
    assert Record("a", 1, 2, "k", "healthy", causes={"x": 0.3}, not_listed=0.1).leading == ""
