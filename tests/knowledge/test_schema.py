import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge.bands import BAND_PROBABILITY, BAND_RUNS, Band
from knowledge.schema import (
    PRIOR_ODDS,
    Cause,
    Check,
    Edge,
    Evidence,
    Likelihood,
    OddsEdge,
    Pair,
    PriorBand,
    Remedy,
    Setting,
    Source,
    Symptom,
)
from tests.knowledge.small import small

MODELS = {
    "causes": Cause,
    "symptoms": Symptom,
    "settings": Setting,
    "checks": Check,
    "remedies": Remedy,
    "pairs": Pair,
    "sources": Source,
}
FILES = sorted(small())


def model_of(path):
    return MODELS[path.split("/", maxsplit=1)[0]]


def refused(model, content):
    """Key paths at which the model refuses the content."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(content)
    return [".".join(map(str, error["loc"])) for error in caught.value.errors()]


@pytest.mark.parametrize("path", FILES)
def test_a_key_that_a_file_does_not_know_is_refused(path):
    assert refused(model_of(path), {**small()[path], "colour": "red"}) == ["colour"]


@pytest.mark.parametrize("path", FILES)
def test_a_file_cannot_be_changed_after_loading(path):
    thing = model_of(path).model_validate(small()[path])
    with pytest.raises(ValidationError, match="frozen"):
        thing.id = "other"


@pytest.mark.parametrize("path", FILES)
def test_a_file_that_goes_through_json_without_its_defaults_comes_back_the_same(path):
    thing = model_of(path).model_validate(small()[path])
    assert model_of(path).model_validate_json(thing.model_dump_json(exclude_defaults=True)) == thing


def test_every_real_thing_comes_back_the_same_from_json(real_base):
    kinds = (real_base.causes, real_base.findings, real_base.remedies, real_base.pairs, real_base.sources)
    for thing in (thing for kind in kinds for thing in kind.values()):
        assert type(thing).model_validate_json(thing.model_dump_json(exclude_defaults=True)) == thing


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("causes/too_fast.yaml", "mechanism"),
        ("causes/too_fast.yaml", "family"),
        ("symptoms/loss_course.yaml", "question"),
        ("settings/optimizer_kind.yaml", "states"),
        ("checks/slow_down.yaml", "minutes"),
        ("remedies/clean_data.yaml", "relief"),
        ("pairs/bad_data__too_fast.yaml", "note"),
        ("sources/s9.yaml", "address"),
    ],
)
def test_what_a_file_cannot_do_without_is_asked_for(path, key):
    content = small()[path]
    del content[key]
    assert refused(model_of(path), content) == [key]


@pytest.mark.parametrize("name", ["", "a", "Upper", "with-dash", "9lives", "_x", "trailing\n", "with space", "x" * 65])
def test_an_identifier_that_is_not_snake_case_is_refused(name):
    assert refused(Remedy, {**small()["remedies/clean_data.yaml"], "id": name}) == ["id"]


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "true", "false", "null"])
def test_a_state_is_not_called_by_a_word_that_yaml_takes_for_something_else(word):
    content = small()["settings/optimizer_kind.yaml"]
    content["states"][word] = {"label": "A word", "share": 0.1}
    with pytest.raises(ValidationError, match=f"not called '{word}'"):
        Setting.model_validate(content)


@pytest.mark.parametrize("value", [True, False, None, 3])
def test_a_state_whose_name_is_no_text_is_refused(value):
    content = small()["settings/optimizer_kind.yaml"]
    content["states"][value] = {"label": "A word", "share": 0.1}
    assert refused(Setting, content)[0].startswith("states.")


def test_a_finding_has_two_states_at_least():
    content = small()["settings/optimizer_kind.yaml"]
    del content["states"]["sgd"]
    assert refused(Setting, content) == ["states"]


def test_the_states_keep_the_order_of_the_file():
    content = small()["symptoms/loss_course.yaml"]
    backwards = {**content, "states": dict(reversed(content["states"].items()))}
    assert list(Symptom.model_validate(content).states) == ["falls", "grows", "ends_in_nan"]
    assert list(Symptom.model_validate(backwards).states) == ["ends_in_nan", "grows", "falls"]


@pytest.mark.parametrize(
    ("content", "allowed"),
    [
        ({"claim": "S1.2"}, True),
        ({"source": "a-paper", "claim_text": "It says so."}, True),
        ({"source": "a-paper", "claim_text": "It denies it.", "stance": "contradicts", "locator": "p. 3"}, True),
        ({}, False),
        ({"source": "a-paper"}, False),
        ({"claim": "S1.2", "source": "a-paper", "claim_text": "Both."}, False),
        ({"claim": "1.2"}, False),
        ({"claim": "S1.2", "stance": "wonders"}, False),
    ],
)
def test_evidence_is_a_claim_or_a_source_with_our_paraphrase(content, allowed):
    if allowed:
        assert Evidence.model_validate(content).stance in ("supports", "contradicts")
    else:
        assert refused(Evidence, content)


@pytest.mark.parametrize("band", Band)
def test_a_band_alone_is_a_likelihood_of_that_band(band):
    edge = Edge.model_validate({"finding": "loss_course", "states": {"grows": band.value}})
    assert edge.states["grows"] == Likelihood(band=band)
    assert edge.states["grows"].probability == BAND_PROBABILITY[band]


def test_bands_and_priors_are_those_of_the_design_in_falling_order():
    assert [BAND_PROBABILITY[band] for band in Band] == [1.0, 0.9, 0.55, 0.15, 0.025, 0.0]
    odds = [PRIOR_ODDS[band] for band in PriorBand]
    assert odds == sorted(odds, reverse=True)
    assert min(odds) > 0.0


@given(st.sampled_from(list(Band)), st.floats(0.0, 1.0), st.integers(1, 10**6))
def test_a_measured_value_draws_its_band_the_nearer_the_more_runs_it_was_measured_on(band, measured, number):
    curated = BAND_PROBABILITY[band]
    few, many = (Likelihood(band=band, measured=measured, n=runs).probability for runs in (number, 10 * number))
    assert min(curated, measured) - 1e-12 <= few <= max(curated, measured) + 1e-12
    assert abs(many - measured) <= abs(few - measured) + 1e-12
    assert Likelihood(band=band, measured=measured, n=BAND_RUNS).probability == pytest.approx((curated + measured) / 2)


def test_a_value_measured_on_ever_more_runs_leaves_nothing_of_its_band():
    assert Likelihood(band="very_frequent", measured=0.2, n=10**9).probability == pytest.approx(0.2)


@pytest.mark.parametrize("alone", [{"measured": 0.5}, {"n": 3}])
def test_a_measured_value_and_its_number_come_together(alone):
    assert refused(Likelihood, {"band": "frequent", **alone})


@pytest.mark.parametrize("odds", [0.0, -1.0, 100.5, float("nan")])
def test_odds_are_positive_and_bounded(odds):
    assert refused(OddsEdge, {"finding": "optimizer_kind", "states": {"sgd": odds}}) == ["states.sgd"]


def test_an_edge_names_a_state():
    assert refused(Edge, {"finding": "loss_course", "states": {}}) == ["states"]


def test_a_single_condition_may_stand_without_a_list():
    content = small()["checks/scan_data.yaml"]
    condition = {"optimizer_kind": ["adam"]}
    alone = Check.model_validate({**content, "asks_when": condition})
    listed = Check.model_validate({**content, "asks_when": [condition]})
    assert alone == listed
    assert alone.asks_when == [condition]


def test_a_question_takes_half_a_minute_unless_it_says_more_and_a_check_as_long_as_it_takes():
    files = small()
    assert Setting.model_validate(files["settings/optimizer_kind.yaml"]).minutes == 0.5
    files["settings/optimizer_kind.yaml"]["question"]["minutes"] = 3
    assert Setting.model_validate(files["settings/optimizer_kind.yaml"]).minutes == 3.0
    assert Check.model_validate(files["checks/slow_down.yaml"]).minutes == 10.0


def test_a_pair_is_of_two():
    content = small()["pairs/bad_data__too_fast.yaml"]
    for causes in (["bad_data"], ["bad_data", "too_fast", "third_one"]):
        assert refused(Pair, {**content, "causes": causes}) == ["causes"]


def test_the_address_of_a_source_is_one_that_a_browser_opens():
    content = small()["sources/s9.yaml"]
    for address in ("javascript:alert(1)", "ftp://example.org", "https://exa mple.org", "example.org"):
        assert refused(Source, {**content, "address": address}) == ["address"]
