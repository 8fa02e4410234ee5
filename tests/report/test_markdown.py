from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.report.examples import HOSTILE, a_base, a_cause, a_diagnosis, a_history
from triage.report.escape import folded, plain
from triage.report.markdown import markdown_report
from triage.report.marking import code, fenced, link, prose

UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
TEXT = {"text", "text_special"}


def read(text):
    """The tokens of GitHub-flavoured Markdown, those inside lines included."""
    parser = MarkdownIt("gfm-like")
    parser.linkify.set({"fuzzy_link": False})
    return [part for token in parser.parse(text) for part in (token, *(token.children or []))]


def structure(text):
    """What a reader sees besides the words; the code of snippets is a word here."""
    return [(token.type, token.tag, token.info) for token in read(text) if token.type not in TEXT]


def report(text="plain words", address="https://a.example/", **changes):
    return markdown_report(a_diagnosis(text, address, **changes), a_base(text), a_history(), top=5)


def test_the_report_says_all_that_a_report_says():
    text = report()
    for words in (
        "## Most likely: Cause plain words (70 %)",
        "> It does not fit together.",
        "- Note: warning plain words",
        "| 1 | Title of nan\\_onset plain words | **Label sudden plain words** | steps 40 to 60 | message plain",
        "your answer",
        "Unremarkable: Title of spike\\_timing plain words.",
        "| 70 % | `██████████████░░░░░░` | Cause plain words |",
        "| for | +7.2 |",
        "| against | -2.5 |",
        "1. **Check plain words** (5 min, for: Cause plain words)",
        "   ```python\n   print(1)",
        "`new_plain words = 0.008`",
        "SGD plain words: `--answer optimizer=sgd`",
        "- [Source plain words](<https://a.example/>)",
        "⣿ train",
    ):
        assert words in text, words


def test_every_table_has_as_many_cells_as_its_head():
    tokens = read(report("a|b"))
    rows = "".join({"tr_open": "\n", "td_open": "c", "th_open": "c"}.get(token.type, "") for token in tokens)
    assert {len(row) for row in rows.split()} <= {3, 5}


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_hostile_text_is_nothing_but_text(text):
    assert structure(report(text)) == structure(report())


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40))
def test_no_text_from_outside_becomes_markup_or_a_control_character(text):
    written = report(text)
    assert not [token for token in read(written) if token.type == "html_inline"]
    assert not {unicodedata.category(character) for character in written if character != "\n"} & UNSHOWN


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_prose_is_one_paragraph_of_words(text):
    for begin in ("", "- ", "> ", "## ", "1. ", "| a |\n| --- |\n| "):
        written = f"{begin}{prose(text)}"
        inline = [token for token in read(written) if token.type not in TEXT]
        reference = [token for token in read(f"{begin}x") if token.type not in TEXT]
        if prose(text):
            assert [token.type for token in inline] == [token.type for token in reference]
        assert "<" not in written


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_prose_is_read_back_as_it_was_meant(text):
    words = "".join(token.content for token in read(f"x {prose(text)} x") if token.type in TEXT)
    assert words.replace("\u200b", "") == f"x {folded(text, 300)} x".replace("x  x", "x  x")


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_code_is_one_span_with_all_of_its_text(text):
    tokens = read(f"x {code(text)} x")
    spans = [token.content for token in tokens if token.type == "code_inline"]
    assert len(spans) == 1
    assert spans[0].strip() == plain(text).strip()


@given(st.text(st.sampled_from("`~ab\n \\<"), max_size=60))
def test_code_cannot_close_its_fence(text):
    tokens = read("\n".join(fenced(text, "python")))
    assert [token.type for token in tokens] == ["fence"]


def test_nobody_is_notified_and_nothing_is_linked():
    written = prose("x @user #12 me@a.example GH-7 www.a.example https://a.example o/r#3 @org/team")
    written = written.replace("&#8203;", "\u200b")
    assert not re.search(r"[@#][\w/]|GH-\d|www\.|https://|mailto:", written)


@pytest.mark.parametrize("text", ["- a", "+ a", "# a", "1. a", "12) a", "> a", "=== a", "--- ", "* a", ": a"])
def test_prose_does_not_begin_a_block(text):
    kinds = {token.type for token in read(prose(text))}
    assert kinds <= {"paragraph_open", "inline", "paragraph_close", *TEXT}


@pytest.mark.parametrize("address", HOSTILE)
def test_only_web_addresses_become_links(address):
    assert not [token for token in read(link("title", address)) if token.type == "link_open"]


def test_a_link_keeps_its_address_whatever_stands_in_it():
    tokens = read(link("a](b) <i>", "https://a.example/x?a=1&copy;=(2)>|` \\"))
    assert [token.attrs["href"] for token in tokens if token.type == "link_open"] == [
        "https://a.example/x?a=1&copy;=(2)%3E%7C%60%20%5C"
    ]


def test_a_healthy_run_is_told_what_is_well_and_nothing_to_change():
    text = report(no_fault=0.9)
    assert text.startswith("## No fault found (90 %)")
    assert "What to check first" not in text


def test_an_empty_diagnosis_makes_a_report():
    nothing = a_diagnosis(history=None, findings=[], causes=[], next_questions=[], not_listed=0.9)
    text = markdown_report(nothing, a_base(), None)
    assert text.startswith("## Most likely: something is wrong that is not listed here (90 %)")
    assert text.endswith("\n")
    assert "\n\n\n" not in text


def test_the_report_fits_an_issue_whatever_the_log_holds():
    view = a_diagnosis().history.model_copy(
        update={"columns": {f"train_loss/{i}": "c" * 500 for i in range(50_000)}, "warnings": ["w" * 9000] * 50_000}
    )
    assert len(report(history=view)) < 65_536


def test_no_more_causes_are_listed_than_asked():
    diagnosis = a_diagnosis(causes=[a_cause(f"cause_{i}", 0.1, f"number {i}") for i in range(9)])
    text = markdown_report(diagnosis, a_base(), None, top=4)
    assert text.count("| 10 % |") == 4
