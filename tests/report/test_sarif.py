"""The schema beside this file is that of OASIS (sarif-2.1.0-rtm.5) without its descriptions."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, FormatChecker

from tests.report.examples import HOSTILE, a_base, a_diagnosis
from triage.cli import main
from triage.diagnosis import FindingView
from triage.report.sarif import sarif_report

SCHEMA = Draft4Validator(
    json.loads((Path(__file__).parent / "sarif-2.1.0.json").read_text()), format_checker=FormatChecker()
)
UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


def valid(text):
    log = json.loads(text)
    SCHEMA.validate(log)
    return log["runs"][0]


def in_file(name):
    view = a_diagnosis().history.model_copy(update={"files": [name]})
    return valid(sarif_report(a_diagnosis(history=view), a_base()))["results"][0]


def uri(name):
    return in_file(name)["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


def test_a_log_that_breaks_makes_a_rule_with_help_and_a_result_at_the_log(capsys):
    assert main(["--log", "tests/data/nan_in_input.csv", "--format", "sarif"]) == 1
    run = valid(capsys.readouterr().out)
    rule, result = run["tool"]["driver"]["rules"][0], run["results"][0]
    assert result["ruleId"] == rule["id"]
    assert "### What to check" in rule["help"]["markdown"]
    assert len(rule["fullDescription"]["text"]) > 40
    assert rule["properties"]["tags"][0] == "training"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "tests/data/nan_in_input.csv"


def test_a_healthy_log_makes_no_result(capsys):
    assert main(["--log", "tests/data/healthy_classifier.csv", "--format", "sarif"]) == 0
    run = valid(capsys.readouterr().out)
    assert run["results"] == run["tool"]["driver"]["rules"] == []


def test_a_result_stands_at_the_line_that_speaks_for_it_and_the_log_is_related():
    finding = FindingView(
        finding="nan_onset", state="sudden", probability=0.9, origin="code", steps=None, message="m", place="a b.py:7"
    )
    result = valid(sarif_report(a_diagnosis(findings=[finding]), a_base()))["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("a%20b.py", 7)
    assert len(result["relatedLocations"]) == 1


def test_a_file_is_a_reference_that_says_no_more_than_its_path():
    assert uri("runs/a.csv") == "runs/a.csv"
    assert uri("/srv/a b.csv") == "file:///srv/a%20b.csv"
    assert uri("javascript:alert(1)") == "javascript%3Aalert%281%29"
    assert uri("//host/share") == "host/share"
    assert uri("C:\\runs\\a.csv") == "C%3A/runs/a.csv"


def test_answers_alone_have_no_place():
    run = valid(sarif_report(a_diagnosis(history=None), a_base()))
    assert run["results"][0]["locations"] == []


def test_a_message_holds_no_link_and_no_placeholder():
    run = valid(sarif_report(a_diagnosis("[x](http://evil.example) {0}"), a_base()))
    text = run["results"][0]["message"]["text"]
    assert "](" not in text
    assert "{{0}}" in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_within_its_strings(text):
    assert len(valid(sarif_report(a_diagnosis(text, text), a_base(text)))["results"]) == 1


@settings(max_examples=60)
@given(ANY_TEXT)
def test_any_text_makes_a_valid_log_without_control_characters(text):
    written = sarif_report(a_diagnosis(text, text), a_base(text))
    valid(written)
    assert not {unicodedata.category(character) for character in written if character != "\n"} & UNSHOWN


@settings(max_examples=60)
@given(st.text(st.characters(), min_size=1, max_size=30).filter(lambda name: name.strip("/\\") and name != "-"))
def test_any_name_of_a_file_makes_a_reference_that_reads_back(name):
    if name.startswith("<") and name.endswith(">"):
        return
    parts = urlsplit(uri(name))
    assert parts.scheme in ("", "file")
    assert (parts.netloc, parts.query, parts.fragment) == ("", "", "")
    slashed = name.replace("\\", "/").encode("utf-8", "backslashreplace").decode()
    assert unquote(parts.path).strip("/") == slashed.strip("/")
