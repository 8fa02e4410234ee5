from dataclasses import replace

import pytest

from knowledge.errors import Problem
from knowledge.lint import lint, lint_folders
from tests.knowledge.small import base_of, small, write_pack

FAST, DATA = "causes/too_fast.yaml", "causes/bad_data.yaml"
COURSE, SLOW, SCAN = "symptoms/loss_course.yaml", "checks/slow_down.yaml", "checks/scan_data.yaml"
OPTIMIZER, PAIR = "settings/optimizer_kind.yaml", "pairs/bad_data__too_fast.yaml"


def problems_after(spoil):
    files = small()
    spoil(files)
    return lint(base_of(files))


def assert_only(problems, place, *words, severity="error"):
    """All that is complained of, of this severity, is complained of here and in these words."""
    found = [problem for problem in problems if problem.severity == severity]
    assert [problem.place for problem in found] == [place], [str(problem) for problem in problems]
    for word in words:
        assert word in found[0].message, found[0].message


def test_the_small_knowledge_has_neither_errors_nor_warnings():
    assert lint(base_of(small())) == []


def test_the_real_knowledge_has_no_errors(real_base):
    assert [str(problem) for problem in lint(real_base) if problem.severity == "error"] == []


def an_edge_to_nothing(files):
    files[FAST]["symptoms"][0]["finding"] = "loss_curse"


def a_check_taken_for_a_symptom(files):
    files[FAST]["symptoms"].append({"finding": "scan_data", "states": {"dirty": "frequent"}})


def a_symptom_taken_for_a_setting(files):
    files[FAST]["requires"] = {"loss_course": ["grows"]}


def an_unknown_state(files):
    files[FAST]["symptoms"][0]["states"] = {"shrinks": "frequent"}


def an_unknown_state_of_odds(files):
    files[FAST]["odds"][0]["states"] = {"adagrad": 2.0}


def an_unknown_state_required(files):
    files[DATA]["requires"] = {"optimizer_kind": ["adagrad"]}


def an_unknown_remedy(files):
    files[FAST]["remedies"].append({"remedy": "pray"})


def an_unknown_cause_to_see(files):
    files[FAST]["see_also"] = ["bad_luck"]


def a_cause_replaced_by_nothing(files):
    files[FAST]["replaced_by"] = "bad_luck"


def a_remedy_replaced_by_nothing(files):
    files["remedies/clean_data.yaml"]["replaced_by"] = "pray"


def a_finding_replaced_by_nothing(files):
    files[SCAN]["replaced_by"] = "scan_stars"


def an_unknown_precondition(files):
    files[SCAN]["asks_when"] = [{"weather": ["rain"]}]


def an_unknown_state_in_a_readout(files):
    files[COURSE]["readouts"] = [{"title": "Odd", "when": {"loss_course": ["odd"]}, "says": "It is odd."}]


def a_pair_with_an_unknown_cause(files):
    files[PAIR]["causes"] = ["bad_data", "bad_luck"]


def a_pair_told_apart_by_nothing(files):
    files[PAIR]["told_apart_by"] = ["dice"]


def an_unknown_claim(files):
    files[FAST]["symptoms"][0]["evidence"].append({"claim": "S9.3"})


def an_unknown_source(files):
    files[OPTIMIZER]["states"]["adam"]["evidence"] = [{"source": "hearsay", "claim_text": "They say so."}]


@pytest.mark.parametrize(
    ("spoil", "place", "words"),
    [
        (an_edge_to_nothing, "causes/too_fast", ["expected a symptom", "'loss_curse'"]),
        (a_check_taken_for_a_symptom, "causes/too_fast", ["expected a symptom", "'scan_data'"]),
        (a_symptom_taken_for_a_setting, "causes/too_fast", ["expected a setting", "'loss_course'"]),
        (an_unknown_state, "causes/too_fast", ["falls, grows, ends_in_nan", "'shrinks'"]),
        (an_unknown_state_of_odds, "causes/too_fast", ["adam, sgd", "'adagrad'"]),
        (an_unknown_state_required, "causes/bad_data", ["adam, sgd", "'adagrad'"]),
        (an_unknown_remedy, "causes/too_fast", ["expected a remedy", "'pray'"]),
        (an_unknown_cause_to_see, "causes/too_fast", ["expected a cause", "'bad_luck'"]),
        (a_cause_replaced_by_nothing, "causes/too_fast", ["expected a cause", "'bad_luck'"]),
        (a_remedy_replaced_by_nothing, "remedies/clean_data", ["expected a remedy", "'pray'"]),
        (a_finding_replaced_by_nothing, "checks/scan_data", ["expected a finding", "'scan_stars'"]),
        (an_unknown_precondition, "checks/scan_data", ["expected a finding", "'weather'"]),
        (an_unknown_state_in_a_readout, "symptoms/loss_course", ["'odd'"]),
        (a_pair_with_an_unknown_cause, "pairs/bad_data__too_fast", ["expected a cause", "'bad_luck'"]),
        (a_pair_told_apart_by_nothing, "pairs/bad_data__too_fast", ["expected a finding", "'dice'"]),
        (an_unknown_claim, "causes/too_fast", ["'S9.3'"]),
        (an_unknown_source, "settings/optimizer_kind", ["'hearsay'"]),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_an_unknown_id_is_an_error_at_the_thing_that_names_it(spoil, place, words):
    assert_only(problems_after(spoil), place, *words)


def test_unknown_ids_are_told_before_all_else_since_the_other_rules_need_known_ones():
    def spoil(files):
        an_edge_to_nothing(files)
        files[FAST]["remedies"] = []

    assert_only(problems_after(spoil), "causes/too_fast", "loss_curse")


def test_a_claim_that_nothing_cites_is_an_error():
    def spoil(files):
        files["sources/s9.yaml"]["claims"]["S9.3"] = "Nobody reads this."

    assert_only(problems_after(spoil), "sources/s9", "S9.3", "cited nowhere")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("remedies/clean_data.yaml", []),
        (PAIR, []),
        (COURSE, ["states", "grows"]),
        (SCAN, []),
        (FAST, ["odds", 0]),
    ],
)
def test_a_claim_may_be_cited_by_anything_that_carries_evidence(path, place):
    def spoil(files):
        files["sources/s9.yaml"]["claims"]["S9.3"] = "Somebody reads this."
        thing = files[path]
        for step in place:
            thing = thing[step]
        thing.setdefault("evidence", []).append({"claim": "S9.3"})

    assert problems_after(spoil) == []


def test_a_source_without_claims_that_nothing_cites_is_a_warning():
    def spoil(files):
        files["sources/dusty.yaml"] = {**files["sources/a-paper.yaml"], "id": "dusty"}

    problems = problems_after(spoil)
    assert_only(problems, "sources/dusty", "cited nowhere", severity="warning")
    assert len(problems) == 1


def test_a_cause_with_a_single_finding_is_an_error():
    def spoil(files):
        files[DATA]["symptoms"] = []

    assert_only(problems_after(spoil), "causes/bad_data", "at least 2 symptoms or checks")


def test_a_cause_that_no_check_confirms_is_an_error():
    def spoil(files):
        files[DATA]["checks"][0]["confirms"] = False

    assert_only(problems_after(spoil), "causes/bad_data", "a check that confirms it")


def test_a_symptom_that_confirms_is_no_substitute_for_a_check_that_does():
    def spoil(files):
        files[DATA]["checks"][0]["confirms"] = False
        files[DATA]["symptoms"][0]["confirms"] = True

    assert_only(problems_after(spoil), "causes/bad_data", "a check that confirms it")


def test_a_cause_without_a_remedy_is_an_error():
    def spoil(files):
        files[DATA]["remedies"] = []
        files[FAST]["remedies"].append({"remedy": "clean_data", "evidence": [{"claim": "S9.2"}]})

    assert_only(problems_after(spoil), "causes/bad_data", "expected a remedy")


def test_a_finding_that_no_cause_uses_is_an_error():
    def spoil(files):
        files["checks/idle.yaml"] = {**files[SCAN], "id": "idle"}

    assert_only(problems_after(spoil), "checks/idle", "no cause uses")


def test_a_finding_that_another_one_waits_for_is_used():
    def spoil(files):
        files["settings/weather.yaml"] = {**files[OPTIMIZER], "id": "weather"}
        files[SCAN]["asks_when"] = {"weather": ["adam"]}

    assert problems_after(spoil) == []


def test_a_remedy_that_no_cause_uses_is_an_error():
    def spoil(files):
        files["remedies/idle.yaml"] = {**files["remedies/clean_data.yaml"], "id": "idle"}

    assert_only(problems_after(spoil), "remedies/idle", "no cause uses")


@pytest.mark.parametrize(
    ("path", "state", "values", "words"),
    [
        (COURSE, "falls", {"leak": 0.8}, ["leaks that sum to 1", "found 0.9"]),
        (OPTIMIZER, "sgd", {"share": 0.5}, ["shares that sum to 1", "found 1.1"]),
        (SCAN, "dirty", {}, ["a leak on every state"]),
        (OPTIMIZER, "sgd", {}, ["a share on every state"]),
    ],
)
def test_the_background_of_a_finding_is_complete_and_sums_to_one(path, state, values, words):
    def spoil(files):
        files[path]["states"][state] = {"label": "Spoilt", **values}

    errors = [problem for problem in problems_after(spoil) if problem.place == path.removesuffix(".yaml")]
    assert_only(errors, path.removesuffix(".yaml"), *words)


def test_the_states_of_an_edge_sum_to_at_most_one():
    def spoil(files):
        files[FAST]["symptoms"][0]["states"] = {"grows": "very_frequent", "ends_in_nan": "occasional"}

    assert_only(problems_after(spoil), "causes/too_fast", "loss_course", "at most 1", "1.05")


def test_the_states_of_an_edge_may_leave_something_over():
    def spoil(files):
        files[FAST]["symptoms"][0]["states"] = {"grows": "frequent", "ends_in_nan": "occasional"}

    assert problems_after(spoil) == []


@pytest.mark.parametrize("leak", [0.15, 0.2])
def test_a_leak_at_or_above_its_link_is_an_error(leak):
    def spoil(files):
        files[FAST]["symptoms"][0]["states"] = {"grows": "frequent", "ends_in_nan": "occasional"}
        files[COURSE]["states"]["ends_in_nan"]["leak"] = leak
        files[COURSE]["states"]["falls"]["leak"] = 0.94 - leak

    assert_only(problems_after(spoil), "causes/too_fast", "loss_course=ends_in_nan", f"leak {leak}", "found 0.15")


def test_of_ordered_states_a_worse_one_may_make_up_for_a_state_below_its_leak():
    def spoil(files):
        files[FAST]["checks"][0]["states"] = {"delays": {"band": "occasional", "measured": 0.1, "n": 10}}
        files[FAST]["checks"][0]["states"]["prevents"] = "frequent"

    assert problems_after(spoil) == []


def test_of_nominal_states_none_makes_up_for_another():
    def spoil(files):
        files[FAST]["checks"][0]["states"] = {"delays": {"band": "occasional", "measured": 0.1, "n": 10}}
        files[FAST]["checks"][0]["states"]["prevents"] = "frequent"
        files[SLOW]["combine"] = "nominal"

    assert_only(problems_after(spoil), "causes/too_fast", "slow_down=delays")


def test_the_normal_state_and_excluded_ones_need_not_beat_their_leak():
    def spoil(files):
        files[DATA]["symptoms"][0]["states"] = {
            "falls": "occasional",
            "grows": "excluded",
            "ends_in_nan": "frequent",
        }

    assert problems_after(spoil) == []


def test_two_edges_of_a_cause_to_one_finding_are_an_error():
    def spoil(files):
        files[FAST]["symptoms"].append({**files[FAST]["symptoms"][0], "states": {"ends_in_nan": "frequent"}})

    assert_only(problems_after(spoil), "causes/too_fast", "one edge to loss_course", "found 2")


def test_two_links_of_a_cause_to_one_remedy_are_an_error():
    def spoil(files):
        files[FAST]["remedies"].append(files[FAST]["remedies"][0])

    assert_only(problems_after(spoil), "causes/too_fast", "one link to shorter_steps", "found 2")


def test_odds_on_a_state_that_is_ruled_out_are_an_error():
    def spoil(files):
        files[FAST]["requires"] = {"optimizer_kind": ["adam"]}

    assert_only(problems_after(spoil), "causes/too_fast", "requires and odds disagree", "optimizer_kind")


def test_two_files_on_the_same_two_causes_are_an_error_in_whatever_order_they_name_them():
    def spoil(files):
        files["pairs/again.yaml"] = {**files[PAIR], "id": "again", "causes": ["too_fast", "bad_data"]}

    assert_only(problems_after(spoil), "pairs", "['bad_data', 'too_fast']", "found 2")


def test_a_pair_of_a_cause_with_itself_is_an_error():
    def spoil(files):
        files[PAIR]["causes"] = ["too_fast", "too_fast"]

    assert_only(problems_after(spoil), "pairs", "two different causes")


def test_preconditions_that_go_in_a_circle_are_an_error_that_names_the_way_round():
    def spoil(files):
        files[SCAN]["asks_when"] = {"slow_down": ["delays"]}
        files[SLOW]["asks_when"] = [{"optimizer_kind": ["adam"]}, {"scan_data": ["dirty"]}]

    assert_only(problems_after(spoil), "checks/scan_data", "scan_data -> slow_down")


def test_a_finding_that_waits_for_itself_goes_in_a_circle():
    def spoil(files):
        files[SCAN]["asks_when"] = {"scan_data": ["dirty"]}

    assert_only(problems_after(spoil), "checks/scan_data", "scan_data -> scan_data")


def test_two_causes_with_the_same_answers_to_every_question_are_an_error():
    def spoil(files):
        files["causes/too_hasty.yaml"] = {**files[FAST], "id": "too_hasty"}

    told = [problem.message for problem in problems_after(spoil) if problem.place == "causes/too_fast"]
    assert len(told) == 1
    assert "no question tells it from too_hasty" in told[0]


def test_a_cause_whose_typical_answers_are_those_of_a_sound_run_is_an_error():
    def spoil(files):
        files[DATA]["symptoms"][0]["states"] = {"ends_in_nan": "occasional"}
        files[DATA]["checks"][0]["states"] = {"dirty": "occasional"}
        files[DATA]["requires"] = {}

    problems = problems_after(spoil)
    messages = [problem.message for problem in problems if problem.place == "causes/bad_data"]
    assert "its own typical answers make no fault the first, not it" in messages


def test_a_cause_whose_typical_answers_are_a_stronger_one_of_another_is_an_error():
    def spoil(files):
        weak = files["causes/hasty.yaml"] = {**files[FAST], "id": "hasty", "odds": []}
        weak["symptoms"] = [{**files[FAST]["symptoms"][0], "states": {"grows": "frequent"}}]
        weak["checks"] = [{**files[FAST]["checks"][0], "states": {"prevents": "frequent"}}]

    errors = [problem for problem in problems_after(spoil) if problem.severity == "error"]
    assert_only(errors, "causes/hasty", "its own typical answers make too_fast the first")


@pytest.mark.parametrize(
    ("edges", "words"),
    [
        ("symptoms", ["the edge to loss_course"]),
        ("checks", ["the edge to slow_down"]),
        ("odds", ["the edge to optimizer_kind"]),
        ("remedies", ["the link to shorter_steps"]),
    ],
)
def test_an_edge_without_evidence_is_a_warning(edges, words):
    def spoil(files):
        del files[FAST][edges][0]["evidence"]
        files[FAST]["evidence"] = [{"source": "a-paper", "claim_text": "Still cited."}]

    problems = problems_after(spoil)
    assert_only(problems, "causes/too_fast", "no evidence", *words, severity="warning")
    assert len(problems) == 1


def test_a_check_without_a_snippet_is_a_warning():
    def spoil(files):
        del files[SCAN]["snippets"]

    problems = problems_after(spoil)
    assert_only(problems, "checks/scan_data", "no snippet", severity="warning")
    assert len(problems) == 1


def test_errors_come_before_warnings():
    def spoil(files):
        del files[SCAN]["snippets"]
        del files[FAST]["odds"][0]["evidence"]
        files[COURSE]["states"]["falls"]["leak"] = 0.5
        files["checks/idle.yaml"] = {**files[SLOW], "id": "idle"}

    severities = [problem.severity for problem in problems_after(spoil)]
    assert severities == ["error", "error", "warning", "warning"]


def test_an_empty_knowledge_and_one_of_a_single_cause_can_be_linted():
    empty = replace(base_of({}), hash="empty")
    assert lint(empty) == []
    files = {path: content for path, content in small().items() if "bad_data" not in path}
    files[FAST]["see_also"] = []
    assert {problem.place for problem in lint(base_of(files))} == {
        "sources/s9",
        "checks/scan_data",
        "remedies/clean_data",
    }


def test_a_pack_is_linted_together_with_the_built_in_knowledge(tmp_path):
    files = small()
    cause = files[FAST]
    cause |= {"odds": [], "see_also": ["learning_rate_too_high"]}
    pack = write_pack(tmp_path, {FAST: cause})
    errors = [problem for problem in lint_folders([pack]) if problem.severity == "error"]
    assert {problem.place.rpartition(":")[0] for problem in errors} == {str(pack / FAST)}
    messages = " ".join(problem.message for problem in errors)
    assert "'loss_course'" in messages
    assert "learning_rate_too_high" not in messages


def test_problems_of_single_files_are_told_before_what_lies_between_them(tmp_path):
    pack = write_pack(tmp_path, {FAST: "id: too_fast\ncolour: red\n"})
    problems = lint_folders([pack])
    assert problems
    assert all(problem.place.startswith(str(pack)) for problem in problems)


def test_a_pack_that_is_not_there_is_a_problem_and_no_exception(tmp_path):
    problems = lint_folders([tmp_path / "nowhere"])
    assert_only(problems, str(tmp_path / "nowhere"), "expected a folder")


def test_a_problem_reads_as_severity_place_and_message():
    assert str(Problem("causes/x.yaml:3", "too short", "warning")) == "warning: causes/x.yaml:3: too short"


def ask(files, look_alikes):
    files[COURSE]["question"] = {**files[COURSE]["question"], "look_alikes": look_alikes}


def test_what_a_state_is_taken_for_exists_and_is_not_itself():
    def unknown(files):
        ask(files, [{"state": "grows", "taken_for": {"shrinks": "occasional"}}])

    def itself(files):
        ask(files, [{"state": "grows", "taken_for": {"grows": "occasional"}, "evidence": [{"claim": "S9.1"}]}])

    assert "shrinks" in problems_after(unknown)[0].message
    assert_only(problems_after(itself), "symptoms/loss_course", "taken for others")


def test_what_was_measured_is_its_own_evidence():
    def spoil(files):
        edge = files[FAST]["symptoms"][0]
        del edge["evidence"]
        edge |= {"basis": "measured", "states": {"grows": {"band": "very_frequent", "measured": 0.9, "n": 24}}}
        files[FAST]["evidence"] = [{"claim": "S9.1"}]

    assert problems_after(spoil) == []


def test_look_alikes_rest_on_evidence():
    def bare(files):
        ask(files, [{"state": "grows", "taken_for": {"ends_in_nan": "occasional"}}])

    assert_only(problems_after(bare), "symptoms/loss_course", "no evidence", severity="warning")


def test_the_trial_of_a_remedy_is_a_check():
    def a_symptom(files):
        files["remedies/shorter_steps.yaml"]["trial"] = "loss_course"

    assert_only(problems_after(a_symptom), "remedies/shorter_steps", "loss_course")
