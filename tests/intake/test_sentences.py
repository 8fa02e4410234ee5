"""What people say in words of their own, and texts that say nothing of a run."""

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from triage.intake.words import understand

SENTENCES = yaml.safe_load(Path(__file__).with_name("sentences.yaml").read_text("utf-8"))
ALL = [*SENTENCES["understood"], *SENTENCES["harder"]]

LEAST_PRECISION, LEAST_RECALL = 0.96, 0.94

HELD_OUT = {
    name: yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text("utf-8")) for name in ("unseen", "fresh")
}
LEAST_HELD_OUT_PRECISION, LEAST_HELD_OUT_RECALL = 0.94, 0.88


class Tally(NamedTuple):
    right: list
    wrong: list
    missed: list


def tally(index, rows, unrelated=()):
    """Of all findings: understood as meant, understood otherwise, and not understood."""
    right, wrong, missed = [], [], []
    for row in rows:
        means, may = row["means"], row.get("may", {})
        met = set()
        for told in understand(index, row["say"]):
            if set(told.states) <= set(means.get(told.finding, may.get(told.finding, []))):
                right.append((row["say"], told))
                met.add(told.finding)
            else:
                wrong.append((row["say"], told))
        missed += [(row["say"], finding) for finding in means if finding not in met]
    wrong += [(text, told) for text in unrelated for told in understand(index, text)]
    return Tally(right, wrong, missed)


@pytest.mark.parametrize("row", SENTENCES["understood"], ids=lambda row: row["say"][:60])
def test_a_sentence_is_understood_as_it_is_meant(index, row):
    found = tally(index, [row])
    assert (found.wrong, found.missed) == ([], [])


@pytest.mark.parametrize("text", SENTENCES["unrelated"])
def test_a_text_that_is_not_about_training_says_nothing(index, text):
    assert understand(index, text) == []


def test_most_of_what_people_say_is_understood_and_little_is_misunderstood(index):
    found = tally(index, ALL, SENTENCES["unrelated"])
    assert len(found.right) / (len(found.right) + len(found.wrong)) >= LEAST_PRECISION
    assert len(found.right) / (len(found.right) + len(found.missed)) >= LEAST_RECALL


@pytest.mark.parametrize("name", HELD_OUT)
def test_most_of_what_was_not_written_for_the_words_is_understood(index, name):
    found = tally(index, [row for rows in HELD_OUT[name].values() for row in rows])
    assert len(found.right) / (len(found.right) + len(found.wrong)) >= LEAST_HELD_OUT_PRECISION
    assert len(found.right) / (len(found.right) + len(found.missed)) >= LEAST_HELD_OUT_RECALL


def test_the_sentences_name_findings_and_states_that_exist(real_base):
    for row in [*ALL, *(row for sentences in HELD_OUT.values() for rows in sentences.values() for row in rows)]:
        for finding, states in {**row["means"], **row.get("may", {})}.items():
            assert set(states) <= set(real_base.finding(finding).states), row["say"]


def test_the_words_of_the_sentences_are_not_those_of_the_knowledge(real_base):
    listed = {
        words.casefold()
        for finding in real_base.findings.values()
        for state in finding.states.values()
        for words in state.words
    }
    assert not [row["say"] for row in ALL if row["say"].casefold() in listed]
