"""The examples: each reads, says something that the knowledge knows, and leads to its documented cause."""

from pathlib import Path

import pytest

from triage.errors import TriageError
from triage.history import read_history
from triage.session import Session
from tui.examples import SOURCES, example_named, examples

ROOT = Path(__file__).parents[2]
NAMES = [example.name for example in examples()]


def ranked(base, example):
    session = Session(base)
    session.attach(read_history(example.log))
    for finding, states in example.answers.items():
        session.volunteer(finding, states)
    return [cause.id for cause in session.diagnosis().causes]


def test_there_are_three_and_no_two_are_of_one_cause():
    assert len({example.cause for example in examples()}) == len(NAMES) == 3


@pytest.mark.parametrize("name", NAMES)
def test_the_documented_cause_is_among_the_first_three_with_log_and_answers(name, real_base):
    example = example_named(name)
    assert example.cause in ranked(real_base, example)[:3]


@pytest.mark.parametrize("name", NAMES)
def test_its_source_is_one_that_the_knowledge_cites_for_the_cause(name, real_base):
    example = example_named(name)
    cited = {source.address: source.title for source in real_base.sources_of(real_base.causes[example.cause])}
    assert cited[example.source_address] == example.source_title
    assert SOURCES.is_dir()


@pytest.mark.parametrize("name", NAMES)
def test_its_story_is_two_or_three_sentences(name):
    story = example_named(name).story
    assert 2 <= story.count(". ") + 1 <= 3
    assert story.endswith(".")
    assert "\n" not in story


def test_a_thinned_log_shows_what_the_whole_one_shows(real_base):
    def seen(log):
        session = Session(real_base)
        session.attach(read_history(log))
        return {(finding.finding, finding.state) for finding in session.diagnosis().findings}

    whole = ROOT / "tests" / "data" / "adam_second_moment_collapse.csv"
    thinned = example_named("adam_after_a_long_calm").log
    assert len(thinned.read_text().splitlines()) < 450
    assert seen(thinned) == seen(whole)


def test_an_unknown_name_is_one_line_that_names_those_there_are():
    with pytest.raises(TriageError) as raised:
        example_named("no\x1bne")
    assert str(raised.value) == f"expected one of the examples {', '.join(NAMES)}, found 'no\\x1bne'"
