"""`Diagnosis` -> JUnit XML, which every build server lists as tests: one for each cause, failed where it is likely.

Format: that of Jenkins, https://github.com/jenkinsci/xunit-plugin (junit-10.xsd), which the others read too.
"""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from knowledge.base import KnowledgeBase
from triage.diagnosis import Diagnosis
from triage.report.choice import verdict
from triage.report.escape import folded
from triage.report.problems import NOT_LISTED, Problem, problems_of, rule_of, run_name

__all__ = ["junit_report"]

NOT_LISTED_TITLE = "A fault that is not listed here"


def junit_report(diagnosis: Diagnosis, base: KnowledgeBase) -> str:
    """One suite: a test case for every cause that the knowledge has, and one for a fault that it does not have.

    Args:
        diagnosis: what to tell.
        base: the knowledge, for the causes that were ruled out.

    """
    problems = {problem.id: problem for problem in problems_of(diagnosis)}
    cases = _cases(base, problems)
    counts = {"tests": str(len(cases)), "failures": str(len(problems)), "errors": "0"}
    root = Xml.Element("testsuites", {"name": "triage", **counts})
    suite = Xml.SubElement(root, "testsuite", {"name": run_name(diagnosis), **counts, "skipped": "0", "time": "0"})
    properties = Xml.SubElement(suite, "properties")
    for name, value in _properties(diagnosis).items():
        Xml.SubElement(properties, "property", {"name": name, "value": value})
    for name, (kind, title) in cases.items():
        case = Xml.SubElement(suite, "testcase", {"classname": kind, "name": title, "time": "0"})
        if name in problems:
            _fail(case, problems[name])
    Xml.SubElement(suite, "system-out").text = folded(verdict(diagnosis))
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _cases(base: KnowledgeBase, problems: dict[str, Problem]) -> dict[str, tuple[str, str]]:
    """Id of a cause -> its class and name as a test."""
    known = {
        cause.id: (f"triage.{cause.family}", folded(cause.title))
        for cause in base.causes.values()
        if cause.replaced_by is None
    }
    blamed = {problem.id: (_class(rule_of(base, problem)[0]), problem.title) for problem in problems.values()}
    return {**known, **blamed, NOT_LISTED: ("triage", NOT_LISTED_TITLE)}


def _class(family: str) -> str:
    return f"triage.{family}" if family else "triage"


def _properties(diagnosis: Diagnosis) -> dict[str, str]:
    return {
        "knowledge": f"{folded(diagnosis.knowledge.version, 40)}+{folded(diagnosis.knowledge.hash[:12])}",
        "no_fault": f"{diagnosis.no_fault:.4f}",
        "not_listed": f"{diagnosis.not_listed:.4f}",
    }


def _fail(case: Xml.Element, problem: Problem) -> None:
    failure = Xml.SubElement(case, "failure", {"message": folded(problem.message, 1000), "type": problem.id})
    lines = [problem.title, f"probability: {problem.probability:.4f}", *problem.seen]
    lines += [f"check first: {problem.advice}"] if problem.advice else []
    lines += [f"at {_place(place.file, place.line)}" for place in problem.places[:10]]
    failure.text = "\n".join(folded(line, 1000) for line in lines)


def _place(file: str, line: int | None) -> str:
    return file if line is None else f"{file}:{line}"
