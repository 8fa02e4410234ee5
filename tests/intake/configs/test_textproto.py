from __future__ import annotations

from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import IntakeError
from triage.intake.configs.source import LARGEST, source_of
from triage.intake.configs.textproto import DEEPEST, Message, begins_as_textproto, parse_textproto


def parsed(text: str) -> Message:
    return parse_textproto(source_of(text, "net.prototxt"))


def test_messages_open_with_or_without_a_colon():
    message = parsed("a { b: 1 } a: { b: 2 } a < b: 3 >")
    assert [inner.number("b") for inner in message.messages("a")] == [1, 2, 3]


def test_a_list_is_the_same_as_repeating_the_field():
    values = [item.value for item in parsed("dim: [1, 3]\ndim: 224").all("dim")]
    assert values == [1.0, 3.0, 224.0]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r'"a\"b"', 'a"b'),
        (r"'it''s'", "its"),
        ('"one" "two"\n  "three"', "onetwothree"),
        (r'"\303\251\x21\n"', "é!\n"),
        ('"# no comment"', "# no comment"),
        ("MAX", "MAX"),
    ],
)
def test_strings_and_enumerations_become_words(written: str, meant: str):
    assert parsed(f"v: {written}").word("v") == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1", 1.0), ("-2.5e-3", -0.0025), (".5f", 0.5), ("0x1F", 31.0), ("- 3", -3.0), ("5.", 5.0)],
)
def test_numbers_are_read_in_all_their_spellings(written: str, meant: float):
    assert parsed(f"v: {written}").number("v") == meant


@pytest.mark.parametrize("written", ["inf", "-inf", "nan", "1e999", '"12"', "MAX", "0x" + "f" * 40])
def test_what_is_no_finite_number_gives_none(written: str):
    assert parsed(f"v: {written}").number("v") is None


def test_flags_are_read_as_text_format_spells_them():
    message = parsed("a: true b: false c: 1 d: 0 e: maybe")
    assert [message.flag(name) for name in "abcdef"] == [True, False, True, False, None, None]


def test_each_value_keeps_its_line_through_comments_and_every_kind_of_line_end():
    text = "# first\r\na: 1 # one\r\n\r\nb {\r\n  c: 2\r\n}\n"
    message = parsed("\ufeff" + text)
    assert (message.line_of("a"), message.line_of("b")) == (2, 4)
    inner = message.message("b")
    assert inner is not None
    assert inner.line_of("c") == 5


def test_the_name_of_an_extension_stands_in_brackets():
    assert parsed("[foo.bar/Baz]: 3").number("foo.bar/Baz") == 3


def test_a_path_leads_through_messages_and_ends_where_there_is_none():
    message = parsed("a { b { c: 1 } }")
    inner = message.message("a", "b")
    assert inner is not None
    assert inner.number("c") == 1
    assert message.message("a", "x", "c") is None


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("a {\n b: 1\n", 3, "expected '}' for the message of line 1"),
        ("a: 1\n}", 2, "expected the name of a field"),
        ("a\nb: 2", 2, "expected ':'"),
        ('a: "open\nb: 2', 1, "expected protobuf text format"),
        ("a: [1, 2", 1, "expected ',' or ']' in a list"),
        ("a: {b: 1>", 1, "expected the name of a field"),
        ("a: 3x", 1, "expected protobuf text format"),
        ("a:", 1, "expected a value, found the end of the file"),
    ],
)
def test_what_is_not_of_the_format_is_one_line_with_its_place(text: str, line: int, expected: str):
    with pytest.raises(IntakeError) as caught:
        parsed(text)
    assert caught.value.line == line
    assert expected in caught.value.reason
    assert "\n" not in str(caught.value)


def test_messages_may_be_nested_as_deep_as_protobuf_allows_and_no_deeper():
    parsed("a {" * DEEPEST + "}" * DEEPEST)
    with pytest.raises(IntakeError, match="deep"):
        parsed("a {" * (DEEPEST + 1) + "}" * (DEEPEST + 1))


@pytest.mark.parametrize(
    "text", ["a: 1", "# c\n\n  a {", "\ufeffa: 'x'", "a: MAX\nb: 2", "a <b: 1>", "a: [1]", "a: true"]
)
def test_a_text_that_begins_with_a_field_is_seen(text: str):
    assert begins_as_textproto(text)


@pytest.mark.parametrize(
    "text", ["", "# c", "some words", "{}", "a = 1", "See: http://x", "[net]", "a:", "a: some words"]
)
def test_a_text_that_begins_otherwise_is_seen(text: str):
    assert not begins_as_textproto(text)


def test_a_file_that_is_too_large_is_refused():
    with pytest.raises(IntakeError, match="at most"):
        source_of(" " * (LARGEST + 1), "net.prototxt")


def test_a_megabyte_of_brackets_or_of_one_line_is_read_or_refused():
    for text in ("{" * 1_000_000, "a: [" * 250_000, "#" * 1_000_000, 'a: "' + "\\" * 1_000_000, " \t" * 500_000):
        with pytest.raises(IntakeError) if text[0] in "{a" else nullcontext():
            parsed(text)


@given(st.text(alphabet="ab{}<>[]:;,\"'\\#.-+019exf \n\r\t\x00é") | st.text())
def test_any_text_is_read_or_refused(text: str):
    refused = None
    try:
        parsed(text)
    except IntakeError as error:
        refused = error
    if refused is not None:
        assert 1 <= (refused.line or 0) <= text.count("\n") + text.count("\r") + 1


names = st.from_regex(r"[a-z][a-z_0-9]{0,8}", fullmatch=True)
scalars = st.floats(allow_nan=False, allow_infinity=False) | st.text()


def written(value: object, name: str) -> str:
    if isinstance(value, dict):
        return name + " {\n" + "".join(written(inner, key) for key, inner in value.items()) + "}\n"
    if isinstance(value, float):
        return f"{name}: {value!r}\n"
    escaped = "".join(f"\\{byte:03o}" for byte in str(value).encode("utf-8", "replace"))
    return f'{name}: "{escaped}"\n'


@given(
    st.recursive(st.dictionaries(names, scalars), lambda inner: st.dictionaries(names, inner | scalars), max_leaves=20)
)
def test_what_is_written_is_what_is_read(content: dict[str, object]):
    message = parsed("".join(written(value, name) for name, value in content.items()))
    assert same(message, content)


def same(message: Message, content: dict[str, object]) -> bool:
    if set(message.fields) != set(content):
        return False
    for name, value in content.items():
        item = message.last(name)
        assert item is not None
        if isinstance(value, dict):
            if not isinstance(item.value, Message) or not same(item.value, value):
                return False
        elif isinstance(value, float):
            if item.value != value:
                return False
        elif item.value != str(value).encode("utf-8", "replace").decode():
            return False
    return True
