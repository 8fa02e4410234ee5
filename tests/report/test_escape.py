from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.examples import HOSTILE
from triage.report.escape import folded, plain, plain_json, plain_lines, web_address

UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text(st.characters(exclude_categories=())))
def test_no_control_character_survives(text):
    for shown in (plain(text), folded(text), *plain_lines(text)):
        assert not {unicodedata.category(character) for character in shown} & UNSHOWN


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_one_short_line_that_can_be_encoded(text):
    shown = plain(text, 50)
    assert shown.encode() is not None
    assert len(shown.splitlines()) <= 1
    assert len(shown) <= 50 * 10


def test_what_a_terminal_would_act_on_is_written_out():
    assert plain("\x1b[2J\u202e\0\n\U000e0001\x9b") == "\\x1b[2J\\u202e\\x00\\x0a\\U000e0001\\x9b"


def test_ordinary_letters_of_any_script_and_emoji_stay():
    text = "Verlust größer, потери, 損失, e\u0301, \N{ROCKET}"
    assert plain(text) == text


@pytest.mark.parametrize(("longest", "shown"), [(6, "abcdef"), (5, "abcd…"), (2, "a…"), (1, "…"), (0, "…")])
def test_long_text_is_cut_with_an_ellipsis(longest, shown):
    assert plain("abcdef", longest) == shown


def test_folded_prose_has_single_blanks():
    assert folded(" one\n  two\t\tthree\u2028four ") == "one two three four"


def test_code_keeps_its_lines_and_indentation():
    assert plain_lines("if x:\r\n\ty()\n\n    z()\n\n") == ["if x:", "    y()", "", "    z()"]


def test_code_of_very_many_or_very_long_lines_is_cut():
    lines = plain_lines("x\n" * 1000, most=10)
    assert lines == ["x"] * 10 + ["…"]
    assert plain_lines("x" * 1000, longest=4) == ["xxx…"]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "https:evil",
        "https://",
        "https://?x",
        "\x01https://a.example",
        "http://a.example/\ud800",
        "https://a.example/" + "a" * 3000,
        "",
    ],
)
def test_what_is_no_web_address_is_none(address):
    assert web_address(address) is None


def test_a_web_address_cannot_leave_its_attribute():
    address = web_address("https://a.example/p?q=1&r=\"'><script>\u202e\n\0 |`\\é#x")
    assert address is not None
    assert address.startswith("https://a.example/p?q=1&r=%22'%3E%3Cscript%3E%E2%80%AE%0A%00%20%7C%60%5C%C3%A9#x")
    assert not set(address) & set('"<>` \\|\n\0')


@given(st.text(st.characters(exclude_categories=())))
def test_an_address_is_ascii_and_begins_with_http_or_is_none(text):
    for given_address in (text, f"https://a{text}"):
        address = web_address(given_address)
        assert address is None or (address.isascii() and address.isprintable() and address.lower().startswith("http"))


@given(st.text(st.characters(categories=["Mn", "Me"]), min_size=1), st.text("ab \n", max_size=3))
def test_no_letter_carries_a_tower_of_accents(marks, after):
    shown = plain(f"e{marks}{after}")
    assert shown == f"e{marks[:4]}{'…' if len(marks) > 4 else ''}{plain(after)}"


def test_the_accents_that_a_writing_has_stay():
    for text in ("Việt Nam", "e\u0301\u0323", "\u05e9\u05c1\u05bc\u05b8\u05dc\u05d5\u05b9\u05dd", "हिन्दी", "ภาษาไทย"):
        assert plain(text) == text


@given(st.dictionaries(st.text(), st.text()))
def test_json_means_the_same_and_holds_nothing_that_acts(told):
    written = plain_json(json.dumps(told, ensure_ascii=False))
    assert json.loads(written) == told
    assert not set(written) & set("\x7f\x9b\x9d\u202e\u2066\u200b\u2028\ufeff")


def test_json_escapes_the_controls_of_the_second_row():
    assert plain_json('{"a": "\x9b31m\u202ex"}') == '{"a": "\\u009b31m\\u202ex"}'
