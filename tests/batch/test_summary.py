"""Across a sweep: which faults there are, and which setting they go with."""

import random

import pytest

from triage.batch.record import Record, Seen
from triage.batch.summary import summarise
from triage.batch.summary_text import summary_text
from triage.batch.tally import Tally


def record(number, cause="", **settings):
    if not cause:
        return Record(f"run_{number}", 1, 1, "k", "healthy", no_fault=0.9, settings=settings)
    seen = (Seen("nan_onset", "sudden", (3.0, 9.0)),)
    return Record(
        f"run_{number}", 1, 1, "k", "faulty", no_fault=0.1, not_listed=0.05, causes={cause: 0.6, "overfitting": 0.1},
        findings=seen, settings=settings,
    )  # fmt: skip


def summed(records, base):
    tally = Tally()
    for one in records:
        tally.add(one)
    return summarise(tally, base)


@pytest.fixture(scope="module")
def swept(real_base):
    chance = random.Random(1)
    records = []
    for number in range(400):
        rate = [0.001, 0.01, 0.1, 1.0][number % 4]
        cause = "learning_rate_too_high" if rate == 1.0 and number % 5 else ""
        records.append(
            record(number, cause, lr=rate, seed=float(number), tag=f"run {number}", same=3.0, act=chance.choice("ab"))
        )
    records.append(Record("broken.csv", 5, 1, "k", "unreadable", error="broken.csv: expected a history, found none"))
    return summed(records, real_base)


def test_runs_are_counted_by_their_verdict(swept):
    assert (swept.runs, swept.healthy, swept.faulty, swept.unreadable) == (401, 320, 80, 1)


def test_a_fault_is_told_with_how_often_it_leads_and_a_run_that_shows_it(swept):
    first = swept.faults[0]
    assert (first.cause, first.leads, first.expected) == ("learning_rate_too_high", 80, 48.0)
    assert first.example.startswith("run_")


def test_the_setting_that_the_fault_goes_with_comes_first_with_its_values(swept):
    first, *others = swept.settings
    assert first.setting == "lr"
    assert [(value.value, value.runs, value.faulty) for value in first.values] == [
        ("0.001", 100, 0), ("0.01", 100, 0), ("0.1", 100, 0), ("1", 100, 80),
    ]  # fmt: skip
    assert first.values[-1].faults == {"learning_rate_too_high": 80}
    assert first.bits > 0.4
    assert all(other.bits < 0.05 for other in others)


def test_what_is_the_same_in_all_runs_or_names_each_of_them_is_no_setting_that_differs(swept):
    names = {table.setting for table in swept.settings}
    assert "same" not in names
    assert "tag" not in names
    assert "act" in names


def test_many_numbers_are_put_in_ranges_of_about_as_many_runs(swept):
    seed = next(table for table in swept.settings if table.setting == "seed")
    assert [value.runs for value in seed.values] == [100, 100, 100, 100]
    assert seed.values[0].value == "0 to 99"


def test_numbers_and_texts_under_one_name_are_told_apart(real_base):
    records = [record(number, lr=0.1 if number % 2 else "auto") for number in range(10)]
    (table,) = summed(records, real_base).settings
    assert {value.value: value.runs for value in table.values} == {"0.1": 5, "auto": 5}


def test_the_text_names_the_fault_the_setting_and_what_could_not_be_read(swept, real_base):
    text = summary_text(swept, {cause.id: cause.title for cause in real_base.causes.values()})
    assert text.startswith("401 runs: nothing wrong found in 320, a fault in 80, 1 could not be read\n")
    assert "Learning rate too high" in text
    assert "80 of 100 faulty (80 %)" in text
    assert "broken.csv: expected a history" in text
    assert max(map(len, text.splitlines())) <= 110


def test_what_stands_in_files_is_escaped(real_base):
    hostile = "\x1b[31m\u202ered\n"
    records = [
        record(number, "overfitting" if number % 2 else "", **{hostile: number % 2 == 0}) for number in range(40)
    ]
    text = summary_text(summed(records, real_base), {})
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_of_no_runs_nothing_is_said_but_that(real_base):
    assert summary_text(summed([], real_base), {}).startswith("0 runs")
