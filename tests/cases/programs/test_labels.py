"""The labelled training programs are whole: they parse, and their labels fit them and the knowledge."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

FOLDER = Path(__file__).parent
MOST_LINES_REPAIRED = 8
NEIGHBOURS = 2

States = dict[str, str]
Line = Annotated[int, Field(ge=1)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pair(Strict):
    id: str
    file: str
    twin: str
    framework: str
    what: str
    fault: str
    also_acceptable: list[str] = []
    line: Line
    other_lines: list[Line] = []
    any_of: Annotated[list[Annotated[States, Field(min_length=1)]], Field(min_length=1)]
    false_alarms: Annotated[dict[str, list[str]], Field(min_length=1)]
    note: str = ""


class Sound(Strict):
    id: str
    file: str
    framework: str
    healthy: Literal[True]
    what: str
    holds: States = {}


LABELS = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("labels*.yaml"))]
"""Of one set of programs each, in the order in which they were written."""

FAULTY_STATES: Mapping[str, list[str]] = LABELS[0]["faulty_states"]
SETS = [TypeAdapter(list[Pair | Sound]).validate_python(labels["programs"]) for labels in LABELS]
PROGRAMS = [program for several in SETS for program in several]
PAIRS = [program for program in PROGRAMS if isinstance(program, Pair)]
SOUND = [program for program in PROGRAMS if isinstance(program, Sound)]
FILES = [file for pair in PAIRS for file in (pair.file, pair.twin)] + [program.file for program in SOUND]

each_pair = pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.id)
each_sound = pytest.mark.parametrize("program", SOUND, ids=lambda program: program.id)


def text_of(file: str) -> str:
    return (FOLDER / file).read_text(encoding="utf-8")


def changes(pair: Pair) -> list[tuple[range, range]]:
    """Blocks that the repair replaced, as lines of the faulty file and of its twin."""
    faulty, sound = text_of(pair.file).splitlines(), text_of(pair.twin).splitlines()
    blocks = SequenceMatcher(None, faulty, sound, autojunk=False).get_opcodes()
    return [(range(a + 1, b + 1), range(c + 1, d + 1)) for kind, a, b, c, d in blocks if kind != "equal"]


def unknown(base, states: Mapping[str, list[str]]) -> list[str]:
    return [
        f"{finding}={state}"
        for finding, several in states.items()
        for state in several
        if finding not in base.findings or state not in base.findings[finding].states
    ]


def test_there_are_enough_programs_of_both_frameworks():
    count = Counter("keras" if pair.framework == "keras_tensorflow" else "pytorch" for pair in PAIRS)
    assert min(count["keras"], count["pytorch"]) >= 30
    assert len(SOUND) >= 12


def test_every_program_is_labelled_once():
    files = [str(path.relative_to(FOLDER)) for path in sorted(FOLDER.glob("*/*.py"))]
    assert sorted(FILES) == files
    assert len({program.id for program in PROGRAMS}) == len(PROGRAMS)


@pytest.mark.parametrize("file", FILES)
def test_it_is_python(file):
    assert ast.parse(text_of(file)).body


@pytest.mark.parametrize("file", FILES)
def test_pytest_does_not_take_it_for_a_test(file):
    name = Path(file).name
    assert not name.startswith("test_")
    assert not name.endswith("_test.py")


@each_pair
def test_its_labels_are_known(pair, real_base):
    assert {pair.fault, *pair.also_acceptable} <= set(real_base.causes)
    assert pair.framework in real_base.findings["framework"].states
    assert not unknown(real_base, pair.false_alarms)
    for group in pair.any_of:
        assert not unknown(real_base, {finding: [state] for finding, state in group.items()})


@each_pair
def test_what_is_reported_leaves_the_fault_possible(pair, real_base):
    for group in pair.any_of:
        for finding, states in real_base.causes[pair.fault].requires.items():
            assert group.get(finding, states[0]) in states


@each_pair
def test_each_group_says_something_that_is_not_true_of_the_twin(pair):
    for group in pair.any_of:
        assert any(state in pair.false_alarms.get(finding, ()) for finding, state in group.items())
    said = {(finding, state) for group in pair.any_of for finding, state in group.items()}
    assert {(finding, state) for finding, several in pair.false_alarms.items() for state in several} <= said


@each_pair
def test_the_repair_is_small(pair):
    blocks = changes(pair)
    assert blocks
    assert sum(max(len(before), len(after)) for before, after in blocks) <= MOST_LINES_REPAIRED


@each_pair
def test_its_line_is_where_the_repair_was_made(pair):
    lines = text_of(pair.file).splitlines()
    assert {pair.line, *pair.other_lines} <= set(range(1, len(lines) + 1))
    assert all(lines[line - 1].strip() for line in (pair.line, *pair.other_lines))
    replaced = {line for before, _ in changes(pair) for line in before}
    gaps = {before.start for before, _ in changes(pair) if not before}
    assert pair.line in replaced or any(-NEIGHBOURS <= pair.line - gap < NEIGHBOURS for gap in gaps)


@each_sound
def test_a_healthy_program_is_labelled_with_what_is_known(program, real_base):
    assert program.framework in real_base.findings["framework"].states
    assert not unknown(real_base, {finding: [state] for finding, state in program.holds.items()})


def test_the_faulty_states_are_known(real_base):
    assert not unknown(real_base, FAULTY_STATES)
