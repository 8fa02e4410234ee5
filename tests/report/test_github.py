from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.examples import HOSTILE, a_diagnosis
from triage.cli import main
from triage.diagnosis import FindingView
from triage.report.github import github_report


def commands(text):
    """The commands as the runner of GitHub Actions reads them (``ActionCommand.TryParseV2``)."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(\w+)(?: (.*?))?::(.*)", line)
        assert match, line
        pairs = [part.split("=", 1) for part in (match[2] or "").split(",") if "=" in part]
        properties = {name: unescaped(value.replace("%3A", ":").replace("%2C", ",")) for name, value in pairs}
        found.append((match[1], properties, unescaped(match[3])))
    return found


def unescaped(text):
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def at(place):
    finding = FindingView(
        finding="nan_onset", state="sudden", probability=0.9, origin="code", steps=None, message="m", place=place
    )
    return commands(github_report(a_diagnosis(findings=[finding])))[0][1]


def test_a_log_that_breaks_is_an_error_at_the_log(capsys):
    assert main(["--log", "tests/data/learning_rate_schedule_broken.csv", "--format", "github"]) == 1
    ((kind, properties, message),) = commands(capsys.readouterr().out)
    assert kind == "error"
    assert properties["file"] == "tests/data/learning_rate_schedule_broken.csv"
    assert "75 %" in message
    assert "Check first: " in message


def test_a_healthy_log_is_a_notice(capsys):
    assert main(["--log", "tests/data/healthy_classifier.csv", "--format", "github"]) == 0
    ((kind, _, message),) = commands(capsys.readouterr().out)
    assert (kind, message.startswith("No fault found")) == ("notice", True)


def test_an_error_stands_at_the_line_that_speaks_for_it():
    assert at("src/a,b:c.py:41") == {
        "file": "src/a,b:c.py", "line": "41", "title": "triage: Cause plain words",
    }  # fmt: skip


def test_answers_alone_have_no_place():
    assert list(commands(github_report(a_diagnosis(history=None)))[0][1]) == ["title"]


@pytest.mark.parametrize("text", [*HOSTILE, "::error::x", "%0A::stop-commands::x", "a\n::error::x", "::add-mask::a"])
def test_hostile_text_makes_no_command_of_its_own(text):
    found = commands(github_report(a_diagnosis(text)))
    assert [(kind, list(properties)) for kind, properties, _ in found] == [("error", ["file", "title"])]


@settings(max_examples=100)
@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_any_text_reads_back_from_one_command(text):
    ((_, properties, message),) = commands(github_report(a_diagnosis(text)))
    title = properties["title"].removeprefix("triage: ")
    assert message.startswith(title)
