"""JUnit has no schema of its own; what Jenkins's ``junit-10.xsd`` allows is written out here, in its order."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.examples import HOSTILE, a_base, a_diagnosis
from triage.cli import main
from triage.report.junit import junit_report

COUNTS = {"tests", "failures", "errors"}
ALLOWED = {
    "testsuites": ({"name", *COUNTS}, {"name"}, ["testsuite"]),
    "testsuite": ({"name", "skipped", "time", *COUNTS}, {"name", "tests"}, ["properties", "testcase", "system-out"]),
    "properties": (set(), set(), ["property"]),
    "property": ({"name", "value"}, {"name", "value"}, []),
    "testcase": ({"classname", "name", "time"}, {"classname", "name"}, ["failure"]),
    "failure": ({"message", "type"}, set(), []),
    "system-out": (set(), set(), []),
}
"""Element -> attributes that it may have, those that it must have, and its children in their order."""


def valid(text):
    root = Xml.fromstring(text)
    assert root.tag == "testsuites"
    for element in root.iter():
        allowed, needed, children = ALLOWED[element.tag]
        assert needed <= set(element.attrib) <= allowed
        places = [children.index(child.tag) for child in element]
        assert places == sorted(places)
        for name in {*COUNTS, "skipped"} & set(element.attrib):
            assert element.attrib[name].isdecimal()
        float(element.get("time", "0"))
    (suite,) = root
    cases = suite.findall("testcase")
    assert int(suite.get("tests")) == int(root.get("tests")) == len(cases)
    assert int(suite.get("failures")) == int(root.get("failures")) == len(suite.findall("testcase/failure"))
    return suite


def test_a_log_that_breaks_fails_the_test_of_its_cause_and_passes_the_others(capsys, real_base):
    assert main(["--log", "tests/data/learning_rate_schedule_broken.csv", "--format", "junit"]) == 1
    suite = valid(capsys.readouterr().out)
    failed = [case for case in suite.findall("testcase") if case.find("failure") is not None]
    assert [case.find("failure").get("type") for case in failed] == ["learning_rate_schedule_broken"]
    assert failed[0].get("classname") == "triage.learning_rate"
    assert "check first" in failed[0].find("failure").text
    assert len(suite.findall("testcase")) == 1 + sum(cause.replaced_by is None for cause in real_base.causes.values())


def test_a_healthy_log_passes_every_test(capsys):
    assert main(["--log", "tests/data/healthy_classifier.csv", "--format", "junit"]) == 0
    assert valid(capsys.readouterr().out).get("failures") == "0"


def test_a_fault_that_is_not_listed_fails_a_test_of_its_own():
    suite = valid(junit_report(a_diagnosis(causes=[], not_listed=0.9), a_base()))
    assert [failure.get("type") for failure in suite.findall("testcase/failure")] == ["not_listed"]


def test_a_usual_reader_of_such_files_finds_the_same(tmp_path, capsys):
    reader = pytest.importorskip("junitparser", reason="the extra dev brings junitparser")
    main(["--log", "tests/data/nan_in_input.csv", "--format", "junit", "--output", str(tmp_path / "triage.xml")])
    (suite,) = reader.JUnitXml.fromfile(str(tmp_path / "triage.xml"))
    failed = [case for case in suite if case.result]
    assert suite.failures == len(failed) > 0
    assert all(isinstance(case.result[0], reader.Failure) for case in failed)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_element(text):
    assert len(list(valid(junit_report(a_diagnosis(text, text), a_base(text))).iter())) == len(
        list(valid(junit_report(a_diagnosis(), a_base())).iter())
    )


@settings(max_examples=60)
@given(st.text(st.characters(), max_size=40))
def test_any_text_makes_a_valid_file_that_says_it(text):
    view = a_diagnosis().history.model_copy(update={"files": [text, "b"]})
    suite = valid(junit_report(a_diagnosis(text, history=view), a_base()))
    assert suite.get("name").endswith("b")
    suite_bytes = junit_report(a_diagnosis(text, history=view), a_base()).encode()
    assert Xml.fromstring(suite_bytes) is not None
