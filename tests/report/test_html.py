from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.examples import HOSTILE, a_base, a_cause, a_diagnosis, a_history
from triage.one_call import diagnose
from triage.report.figures import percent
from triage.report.html import html_report
from triage.report.stylesheet import STYLESHEET

UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Tags with their attributes, all text, and whether every tag is closed in its order."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.text, self.open = [], "", []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    @property
    def structure(self):
        return [(tag, sorted(attributes)) for tag, attributes in self.tags]

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def report(text="plain words", address="https://a.example/", **changes):
    return html_report(a_diagnosis(text, address, **changes), a_base(text), a_history(), top=5)


def test_the_page_says_all_that_a_report_says():
    page = Page(report())
    for words in (
        "Cause plain words",
        "It does not fit together.",
        "warning plain words",
        "message plain words",
        "your answer",
        "steps 40 to 60",
        "Unremarkable: Title of spike_timing",
        "+7.2",
        "−2.5",
        "Check plain words",
        "print(1)",
        "0.008",
        "--answer optimizer=sgd",
        "Source plain words",
        "A fault that is not listed here",
    ):
        assert words in page.text, words
    assert not page.open


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_tag_and_no_attribute(text):
    assert Page(report(text)).structure == Page(report()).structure


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_no_text_from_outside_becomes_markup_or_a_control_character(text):
    page = report(text, address=text)
    links = [("a", ["href", "rel"])]
    structure = Page(page).structure
    assert [item for item in structure if item not in links] == [
        item for item in Page(report()).structure if item not in links
    ]
    assert not {unicodedata.category(character) for character in page if character != "\n"} & UNSHOWN


@pytest.mark.parametrize("address", [text for text in HOSTILE if text] + ["JaVaScRiPt:alert(1)", "data:text/html,x"])
def test_only_web_addresses_become_links(address):
    links = [attributes["href"] for attributes in Page(report(address=address)).all("a")]
    assert links == ["#report"]


def test_links_do_not_tell_where_they_were_followed():
    links = Page(report()).all("a")[1:]
    assert links
    assert all(link["rel"] == "noreferrer noopener" for link in links)


def test_the_policy_allows_our_style_sheet_alone():
    page = report()
    policy = next(meta["content"] for meta in Page(page).all("meta") if "http-equiv" in meta)
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_nothing_runs_and_nothing_is_fetched():
    page = Page(report())
    names = {name for _, attributes in page.tags for name in attributes}
    assert not {tag for tag, _ in page.tags} & {"script", "iframe", "object", "embed", "img", "form", "base"}
    assert not [name for name in names if name.startswith("on") or name in {"style", "src", "srcset"}]
    assert [link["href"] for link in page.all("link")] == ["data:,"]
    assert "url(" not in STYLESHEET
    assert "@import" not in STYLESHEET


def test_landmarks_headings_captions_and_labels_are_there():
    page = Page(report())
    tags = [tag for tag, _ in page.tags]
    assert tags.count("h1") == tags.count("main") == tags.count("header") == tags.count("footer") == 1
    assert page.all("html") == [{"lang": "en"}]
    headings = {heading["id"] for heading in page.all("h2")}
    assert [section["aria-labelledby"] in headings for section in page.all("section")]
    assert tags.count("table") == tags.count("caption") == 3
    assert all("scope" in heading for heading in page.all("th"))
    assert all("aria-label" in svg or svg.get("aria-hidden") == "true" or "viewbox" in svg for svg in page.all("svg"))


def test_code_can_be_scrolled_with_the_keyboard_and_is_named():
    assert all(pre["tabindex"] == "0" and pre["aria-label"] for pre in Page(report()).all("pre"))


def test_ids_are_unique():
    ids = [attributes["id"] for _, attributes in Page(report()).tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_a_healthy_run_is_told_what_is_well_and_nothing_to_change():
    page = Page(report(no_fault=0.9)).text
    assert "No fault found" in page
    assert "What to check first" not in page


def test_where_no_fault_is_likelier_than_any_cause_but_not_sure_both_are_told(real_base):
    unclear = diagnose(answers={"optimizer": "adam"}, base=real_base)
    assert not unclear.is_healthy
    assert f"No fault, {percent(unclear.no_fault)}. First of several causes: " in Page(
        html_report(unclear, real_base, None)
    ).text.replace("\xa0", " ")


def test_without_a_history_there_is_no_curve():
    page = html_report(a_diagnosis(history=None), a_base(), None)
    assert "The curve" not in page
    assert Page(page).open == []


def test_a_history_without_a_finite_loss_says_so():
    page = html_report(a_diagnosis(), a_base(), a_history(train_loss=[float("nan")]))
    assert "No finite loss was logged" in page


def test_an_empty_diagnosis_makes_a_page():
    nothing = a_diagnosis(history=None, findings=[], causes=[], next_questions=[], not_listed=0.9)
    page = Page(html_report(nothing, a_base(), None))
    assert "Something is wrong that is not listed here" in page.text
    assert "Why" not in page.text


def test_very_many_columns_and_warnings_stay_short():
    view = a_diagnosis().history.model_copy(
        update={"columns": {f"train_loss/{i}": f"c{i}" for i in range(50_000)}, "warnings": ["w"] * 50_000}
    )
    assert len(report(history=view)) < 60_000


def test_no_more_causes_are_listed_than_asked():
    diagnosis = a_diagnosis(causes=[a_cause(f"cause_{i}", 0.1, f"number {i}") for i in range(9)])
    ranking = (
        html_report(diagnosis, a_base(), None, top=4).partition('<table class="ranking">')[2].partition("</table>")[0]
    )
    assert ranking.count("<tr>") == 1 + 4 + 2


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "raised"])
@pytest.mark.parametrize("ink", ["ink", "soft", "first", "second"])
def test_contrast_is_at_least_that_of_level_aa(theme, ground, ink):
    colours = {name: re.findall(rf"--{name}: (#[0-9a-f]{{6}})", STYLESHEET)[theme] for name in (ground, ink)}
    low, high = sorted(map(luminance, colours.values()))
    assert (high + 0.05) / (low + 0.05) >= 4.5
