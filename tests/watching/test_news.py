from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.examples import HOSTILE
from triage.watching.command import variables_of
from triage.watching.news import News, json_line, text_line

UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
NOON = datetime(2026, 1, 2, 12, 0, 0, tzinfo=UTC)


def news(text):
    return News("appeared", NOON, text, text, text, 1200.0, "step", "nan_onset", "sudden", "", 0.93)


def test_a_line_says_when_where_and_what():
    assert text_line(news("words")) == ("12:00:00 words [words] step 1,200 appeared: words (93 %) [nan_onset=sudden]\n")


def test_an_object_has_what_applies_and_no_more():
    assert json.loads(json_line(News("note", NOON, "gone", "a.csv"))) == {
        "time": "2026-01-02T12:00:00.000+00:00", "event": "note", "file": "a.csv", "message": "gone",
    }  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", [text_line, json_line])
def test_hostile_text_stays_on_its_line(form, text):
    line = form(news(text))
    assert line.count("\n") == 1
    assert not {unicodedata.category(character) for character in line[:-1]} & UNSHOWN


@given(st.text(st.characters(), max_size=60))
def test_any_text_makes_a_line_an_object_and_variables(text):
    assert json.loads(json_line(news(text)))["step"] == 1200
    assert text_line(news(text)).endswith(" [nan_onset=sudden]\n")
    assert "\0" not in "".join(variables_of(news(text)).values())
