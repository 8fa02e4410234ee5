import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge.reading import read_yaml_model
from knowledge.schema import Cause, Source

PLACE = "sources/s9.yaml"
GOOD = """\
id: s9
title: A post
address: https://example.org/post
kind: forum
claims:
  S9.1: Long steps make it grow.
"""


def complaints(text, model=Source):
    """The problems of a text that must not be read, one line each."""
    thing, problems = read_yaml_model(model, text, PLACE)
    assert thing is None
    assert problems
    return [str(problem) for problem in problems]


def test_a_valid_file_is_read_without_a_word():
    source, problems = read_yaml_model(Source, GOOD, PLACE)
    assert problems == []
    assert source == Source(
        id="s9",
        title="A post",
        address="https://example.org/post",
        kind="forum",
        claims={"S9.1": "Long steps make it grow."},
    )


@pytest.mark.parametrize("text", ["\ufeff" + GOOD, GOOD.replace("\n", "\r\n"), "---\n" + GOOD, "# why\n" + GOOD])
def test_a_byte_order_mark_windows_ends_a_document_start_and_a_comment_change_nothing(text):
    assert read_yaml_model(Source, text, PLACE) == read_yaml_model(Source, GOOD, PLACE)


def test_an_unknown_key_is_told_with_file_line_key_and_value():
    (complaint,) = complaints(GOOD + "colour: red\n")
    assert complaint == f"error: {PLACE}:7: colour: expected no key but those that are known here, found 'colour'"


def test_an_unknown_key_is_told_with_the_key_that_was_meant():
    (complaint,) = complaints(GOOD.replace("kind: forum", "knid: forum") + "kind: forum\n")
    assert complaint.endswith("found 'knid'; nearest: kind, id")


def test_an_unknown_key_deep_inside_is_told_with_its_whole_path_and_its_own_line():
    text = """\
id: too_fast
title: Steps too long
family: learning_rate
prior: common
mechanism: Every step overshoots.
symptoms:
  - finding: loss_course
    states: {grows: frequent}
  - finding: nan_onset
    states:
      sudden: frequent
    evidence:
      - claim: S9.1
        stanze: supports
"""
    (complaint,) = complaints(text, Cause)
    assert complaint.startswith(f"error: {PLACE}:14: symptoms.1.evidence.0.stanze: ")


def test_an_item_of_a_list_is_told_with_its_own_line():
    text = """\
id: too_fast
title: Steps too long
family: learning_rate
prior: common
mechanism: Every step overshoots.
see_also:
  - bad_data
  - Bad Data
"""
    (complaint,) = complaints(text, Cause)
    assert complaint.startswith(f"error: {PLACE}:8: see_also.1: ")


def test_every_problem_of_a_file_is_told_each_at_its_line():
    found = complaints("id: S 9\ntitle: A post\nkind: forum\naddress: nowhere\n")
    assert [complaint.split(": ")[:3] for complaint in found] == [
        ["error", f"{PLACE}:1", "id"],
        ["error", f"{PLACE}:4", "address"],
    ]


def test_a_missing_key_is_named():
    (complaint,) = complaints(GOOD.replace("kind: forum\n", ""))
    assert "kind: expected this key, found none" in complaint
    assert complaint.startswith(f"error: {PLACE}:")


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        (GOOD + "id: s8\n", 7, "id"),
        (GOOD + "  S9.1: The same again.\n", 7, "S9.1"),
        ("{id: s9, id: s8}\n", 1, "id"),
    ],
)
def test_a_key_given_twice_is_an_error_at_the_second(text, line, key):
    (complaint,) = complaints(text)
    assert complaint.startswith(f"error: {PLACE}:{line}: ")
    assert f"the key {key!r} twice" in complaint


def test_the_same_key_in_two_mappings_is_no_repetition():
    assert read_yaml_model(Source, GOOD, PLACE)[1] == []
    text = """\
id: too_fast
title: Steps too long
family: learning_rate
prior: common
mechanism: Every step overshoots.
symptoms: [{finding: aa, states: {grows: frequent}}, {finding: bb, states: {grows: frequent}}]
"""
    cause, problems = read_yaml_model(Cause, text, PLACE)
    assert problems == []
    assert [edge.finding for edge in cause.symptoms] == ["aa", "bb"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (GOOD + "x: [1,\n", 8),
        ("\tid: s9\n", 1),
        (GOOD + "---\n" + GOOD, 7),
        (GOOD + "x: \x07\n", 7),
        (GOOD + "x: 'open\n", 8),
        (GOOD + "x: *nobody\n", 7),
        (GOOD + "? [a, b]\n: 1\n", 7),
    ],
)
def test_what_is_no_yaml_is_an_error_with_its_line(text, line):
    (complaint,) = complaints(text)
    assert complaint.startswith(f"error: {PLACE}:{line}: expected YAML")


@pytest.mark.parametrize(
    "value", ["2020-13-45", "0000-01-01", "0b_", "0x_", "9" * 5000, "!!binary é", "2001-12-15T25:61:61Z"]
)
def test_a_value_that_yaml_cannot_make_is_an_error_at_its_line_and_no_exception(value):
    (complaint,) = complaints(GOOD + f"x: {value}\n")
    assert complaint.startswith(f"error: {PLACE}:7: ")


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system ['echo pwned']",
        "!!python/name:os.system",
        "!!python/module:os",
        "!local {a: b}",
    ],
)
def test_a_tag_that_would_make_an_object_is_refused(tag):
    (complaint,) = complaints(GOOD + f"x: {tag}\n")
    assert "could not determine a constructor" in complaint


@pytest.mark.parametrize("text", ["", "# nothing\n", "just words\n", "- a\n- list\n", "3\n", "null\n"])
def test_a_file_that_is_no_mapping_is_an_error(text):
    (complaint,) = complaints(text)
    assert complaint.startswith(f"error: {PLACE}:1: expected a mapping of keys, found ")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_that_would_end_the_process_is_refused(opening):
    (complaint,) = complaints(opening * 200_000)
    assert "nesting deeper than" in complaint


def test_nesting_is_refused_wherever_it_stands():
    (complaint,) = complaints(GOOD + "x: " + "[" * 5000 + "]" * 5000)
    assert complaint.startswith(f"error: {PLACE}:7: ")


def test_a_long_flat_file_is_not_taken_for_a_deep_one():
    claims = "".join(f"  S9.{n}: '[[[ {{{{ said {n} times'\n" for n in range(2, 3000))
    source, problems = read_yaml_model(Source, GOOD + claims, PLACE)
    assert problems == []
    assert len(source.claims) == 2999


def test_aliases_that_multiply_are_told_in_a_few_words():
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 25))
    found = complaints(GOOD + "a0: &a0 [x, x]\n" + levels)
    assert len(found) == 25
    assert max(map(len, found)) < 200


def test_a_mapping_that_holds_itself_is_an_error_and_no_endless_loop():
    (complaint,) = complaints(GOOD + "x: &a {b: *a}\n")
    assert complaint.startswith(f"error: {PLACE}:7: x: ")


def test_a_long_value_is_cut_in_the_message():
    (complaint,) = complaints(GOOD + f"colour: {'red' * 1000}\n")
    assert len(complaint) < 200


def test_a_terminal_code_in_a_key_is_written_out():
    (complaint,) = complaints(GOOD + '"\\e[31m": red\n')
    assert "\x1b" not in complaint
    assert "\\x1b[31m" in complaint


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "title", "kind", "claims", "symptoms", "states", "evidence"])
            | st.text(max_size=5)
            | st.integers(),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(PLAIN, st.sampled_from([Cause, Source]))
def test_whatever_plain_data_a_file_holds_it_is_read_or_complained_of_with_its_place(data, model):
    thing, problems = read_yaml_model(model, yaml.safe_dump(data), PLACE)
    assert (thing is None) == bool(problems)
    for problem in problems:
        assert problem.place.startswith(PLACE)
        assert problem.severity == "error"


@given(st.text() | st.text(alphabet="[]{}:,-?&*!|>'\"#%@` \n\tab01.~"))
def test_whatever_text_a_file_holds_it_is_read_or_complained_of(text):
    thing, problems = read_yaml_model(Source, text, PLACE)
    assert (thing is None) == bool(problems)


def test_reading_leaves_the_limit_of_recursion_as_it_was():
    before = sys.getrecursionlimit()
    read_yaml_model(Source, "[" * 5000, PLACE)
    assert sys.getrecursionlimit() == before
