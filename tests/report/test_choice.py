from __future__ import annotations

from tests.report.examples import a_base, a_cause, a_diagnosis
from triage.report.choice import (
    best_checks,
    best_remedies,
    cited_sources,
    code_in_order,
    explained_causes,
    finding_words,
    marks_of,
    notable_findings,
    open_questions,
    ranking,
    stop_sentence,
    unremarkable_titles,
    verdict,
    where,
)


def test_the_verdict_names_the_leading_cause_or_health_or_the_unknown():
    assert verdict(a_diagnosis()) == "Most likely: Cause plain words (70 %)"
    assert verdict(a_diagnosis(no_fault=0.6)) == "No fault found (60 %)"
    assert verdict(a_diagnosis(not_listed=0.8)) == "Most likely: something is wrong that is not listed here (80 %)"
    doubted = verdict(a_diagnosis(no_fault=0.4, causes=[a_cause("first", 0.3)]))
    assert doubted.startswith("Not clear yet; no fault 40 %, first of several causes: ")
    unclear = verdict(a_diagnosis(causes=[]))
    assert unclear == "Not clear yet; first of several causes: something is wrong that is not listed here (5 %)"


def test_what_was_read_is_numbered_and_what_was_said_is_not():
    seen = notable_findings(a_diagnosis(), a_base())
    assert [(item.number, item.finding.finding) for item in seen] == [
        (None, "optimizer"),
        (1, "nan_onset"),
        (2, "train_loss_trend"),
    ]
    assert marks_of(seen) == {"1": 40.0, "2": 10.0}


def test_a_normal_reading_is_unremarkable():
    assert unremarkable_titles(a_diagnosis(), a_base()) == ["Title of spike_timing plain words"]


def test_places_are_told_in_words():
    places = [where(finding, "epoch") for finding in a_diagnosis().findings]
    assert places == ["", "epochs 40 to 60", "", "epoch 10"]


def test_a_finding_that_the_knowledge_lacks_is_shown_by_its_id():
    assert finding_words(a_base(), "gone", "lost") == ("gone", "lost")


def test_checks_and_remedies_come_from_the_causes_in_turn_without_repeats():
    diagnosis = a_diagnosis(causes=[a_cause("first", 0.7), a_cause("first", 0.5), a_cause("second", 0.2)])
    assert [check.id for _, check in best_checks(diagnosis)] == ["check_of_first", "check_of_second"]
    assert [remedy.id for _, remedy in best_remedies(diagnosis, 1)] == ["remedy_of_first"]


def test_a_healthy_run_needs_no_check_and_leads_its_ranking():
    healthy = a_diagnosis(no_fault=0.9)
    assert best_checks(healthy) == best_remedies(healthy) == []
    assert ranking(healthy, 5)[0][0] == ("no fault", 0.9)
    assert len(ranking(a_diagnosis(), 1)[0]) == 1


def test_code_for_the_framework_in_use_comes_first():
    diagnosis = a_diagnosis()
    keras = diagnosis.findings[0].model_copy(update={"finding": "framework", "state": "keras_tensorflow"})
    snippets = {"pytorch": "1", "keras": "2"}
    assert [name for name, _ in code_in_order(diagnosis, snippets)] == ["pytorch", "keras"]
    assert [name for name, _ in code_in_order(a_diagnosis(findings=[keras]), snippets)] == ["keras", "pytorch"]


def test_nothing_is_asked_once_it_is_sure():
    assert open_questions(a_diagnosis(stopped="confident")) == []
    assert len(open_questions(a_diagnosis(stopped="cheaper_to_try"))) == 1
    assert stop_sentence(a_diagnosis()) == ""
    assert stop_sentence(a_diagnosis(stopped="confident")).startswith("Nothing more")


def test_nothing_is_explained_where_nothing_was_seen():
    assert explained_causes(a_diagnosis(findings=[])) == []
    assert len(explained_causes(a_diagnosis())) == 2


def test_sources_are_named_once():
    diagnosis = a_diagnosis(causes=[a_cause("first", 0.7), a_cause("first", 0.2)])
    assert [source.id for source in cited_sources(diagnosis, 5)] == ["source-of-first"]
    assert cited_sources(diagnosis, 0) == []
