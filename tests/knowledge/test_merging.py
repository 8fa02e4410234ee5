"""Packs on top of the built-in knowledge: what they may change, and what comes of several."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import KnowledgeError
from knowledge.loader import load
from tests.knowledge.small import small, write_pack

RATE = "overrides/causes/learning_rate_too_high.yaml"
REASON = "We know better."


def manifest(name, **more):
    return {"id": name, "title": f"Pack {name}", "version": "2.1", "schema_version": 1, **more}


def override(name, **changes):
    return {"id": name, "reason": REASON, **changes}


@pytest.fixture
def pack(tmp_path):
    """Write a pack of some files under a name."""

    def write(name="mine", files=None, **more):
        return write_pack(tmp_path / name, {"pack.yaml": manifest(name, **more), **(files or {})})

    return write


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def merged(cache):
    return lambda *packs: load(packs, cache=cache)


@pytest.fixture
def refused(cache):
    """The one problem for which packs cannot be loaded, as text."""

    def refusal(*packs):
        with pytest.raises(KnowledgeError) as caught:
            load(packs, cache=cache)
        assert len(caught.value.problems) == 1, [str(problem) for problem in caught.value.problems]
        return str(caught.value)

    return refusal


def test_an_override_changes_what_it_names_and_nothing_else(pack, merged, real_base):
    base = merged(pack(files={RATE: override("learning_rate_too_high", prior="rare")}))
    before, after = real_base.causes["learning_rate_too_high"], base.causes["learning_rate_too_high"]
    assert after == before.model_copy(update={"prior": after.prior})
    assert (before.prior, after.prior) == ("common", "rare")
    assert {**base.causes, before.id: before} == real_base.causes
    assert (base.findings, base.remedies, base.pairs) == (real_base.findings, real_base.remedies, real_base.pairs)


def test_what_was_changed_is_kept_with_what_it_was_and_why(pack, merged):
    base = merged(pack(files={RATE: override("learning_rate_too_high", prior="rare")}))
    (change,) = base.changes_of(base.causes["learning_rate_too_high"])
    assert (change.pack, change.key, change.before, change.after) == ("mine", "prior", "common", "rare")
    assert change.reason == REASON
    assert base.changes_of(base.causes["overfitting"]) == ()


def test_an_edge_is_replaced_as_a_whole_or_added_or_taken_away(pack, merged, real_base):
    symptoms = [
        {"finding": "nan_onset", "states": {"sudden": "frequent"}},
        {"finding": "metric_against_loss", "states": {"loss_falls_metric_stuck": "occasional"}},
    ]
    changes = override("learning_rate_too_high", symptoms=symptoms, without=["train_loss_trend"])
    base = merged(pack(files={RATE: changes}))
    before = {edge.finding: edge for edge in real_base.causes["learning_rate_too_high"].symptoms}
    after = {edge.finding: edge for edge in base.causes["learning_rate_too_high"].symptoms}
    assert {"nan_onset", "train_loss_trend"} <= before.keys()
    assert "metric_against_loss" not in before
    assert after.keys() == before.keys() - {"train_loss_trend"} | {"metric_against_loss"}
    assert list(after["nan_onset"].states) == ["sudden"]
    kept = before.keys() & after.keys() - {"nan_onset"}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_findings_and_remedies_are_overridden_key_by_key(pack, merged, real_base):
    files = {
        "overrides/findings/warmup.yaml": override(
            "warmup",
            states={"not_used": {"share": 0.1}, "short": {"share": 0.1}, "ordinary": {"share": 0.8, "words": ["ramp"]}},
            question={"prompt": "Is there a ramp?", "how": {"shell": "grep ramp train.log"}},
        ),
        "overrides/findings/run_in_fp32.yaml": override("run_in_fp32", minutes=90, instructions="Ask the queue."),
        "overrides/remedies/stop_early.yaml": override("stop_early", relief="very_rare", minutes=3),
    }
    base = merged(pack(files=files))
    warmup, check, remedy = base.findings["warmup"], base.findings["run_in_fp32"], base.remedies["stop_early"]
    assert [state.share for state in warmup.states.values()] == [0.1, 0.1, 0.8]
    assert warmup.states["ordinary"].words == [*real_base.findings["warmup"].states["ordinary"].words, "ramp"]
    assert warmup.question.prompt == "Is there a ramp?"
    assert warmup.question.how.keys() == real_base.findings["warmup"].question.how.keys() | {"shell"}
    assert warmup.question.why == real_base.findings["warmup"].question.why
    assert (check.minutes, check.instructions) == (90, "Ask the queue.")
    assert check.snippets == real_base.findings["run_in_fp32"].snippets
    assert (remedy.relief, remedy.minutes) == ("very_rare", 3)


def test_what_is_left_out_is_gone_and_nothing_leads_to_it(pack, merged, real_base):
    files = {
        "overrides/causes/dead_relu.yaml": override("dead_relu", leave_out=True),
        "overrides/findings/swap_model.yaml": override("swap_model", leave_out=True),
    }
    base = merged(pack(files=files))
    assert base.causes.keys() == real_base.causes.keys() - {"dead_relu"}
    assert base.findings.keys() == real_base.findings.keys() - {"swap_model"}
    assert not any("dead_relu" in pair.causes for pair in base.pairs.values())
    assert not any("dead_relu" in cause.see_also for cause in base.causes.values())
    assert not any(edge.finding == "swap_model" for cause in base.causes.values() for edge in cause.checks)
    assert "dead_relu" not in base.in_language("zh").causes


def test_a_cause_that_a_pack_leaves_without_a_confirming_check_is_refused(pack, refused):
    mine = pack(files={"overrides/findings/raise_adam_epsilon.yaml": override("raise_adam_epsilon", leave_out=True)})
    assert "expected" in refused(mine)


def test_own_things_and_their_pack_are_told(pack, merged):
    base = merged(pack(files=small()))
    for thing in (base.causes["too_fast"], base.findings["scan_data"], base.remedies["clean_data"], base.sources["s9"]):
        assert base.pack_of(thing).name == "Pack mine 2.1"
    assert base.pack_of(base.causes["overfitting"]) is None
    assert base.pack_of(base.trials["clean_data"]).id == "mine"


WRONG = {
    "an unknown cause": (
        {"overrides/causes/overfiting.yaml": override("overfiting", prior="rare")},
        "overrides/causes/overfiting.yaml:1: expected the id of a cause to override, found 'overfiting'; nearest: over",
    ),
    "a finding of its own": (
        {**small(), "overrides/findings/scan_data.yaml": override("scan_data", minutes=9)},
        "scan_data.yaml:1: expected something to override, found 'scan_data' of this pack itself: change its own file",
    ),
    "an unknown state": (
        {"overrides/findings/warmup.yaml": override("warmup", states={"long": {"share": 0.3}})},
        "warmup.yaml:4: expected a state of warmup (not_used, short, ordinary), found 'long'",
    ),
    "an edge that is not there": (
        {RATE: override("learning_rate_too_high", without=["fan_noise"])},
        "learning_rate_too_high.yaml:4: expected a finding or remedy that learning_rate_too_high is tied to, "
        "found 'fan_noise'",
    ),
    "a symptom left out": (
        {"overrides/findings/nan_onset.yaml": override("nan_onset", leave_out=True)},
        "nan_onset.yaml:3: expected a cause, check or remedy to leave out, found 'nan_onset'",
    ),
    "instructions of a setting": (
        {"overrides/findings/warmup.yaml": override("warmup", instructions="Look at it.")},
        "warmup.yaml:3: expected instructions for a check alone, found 'warmup', which is none",
    ),
    "nothing": ({RATE: override("learning_rate_too_high")}, "expected something that changes, found none"),
    "no reason": ({RATE: {"id": "learning_rate_too_high", "prior": "rare"}}, "reason: expected this key, found none"),
    "an id that is built in": (
        {"remedies/stop_early.yaml": {**small()["remedies/clean_data.yaml"], "id": "stop_early"}},
        "found 'stop_early', which the built-in knowledge has; to change it, say what in overrides",
    ),
    "shares that do not sum": (
        {"overrides/findings/warmup.yaml": override("warmup", states={"short": {"share": 0.9}})},
        "warmup.yaml:3: expected shares that sum to 1, found 1.78",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_overridden_is_told_with_file_and_line(what, pack, refused):
    files, message = WRONG[what]
    assert message in refused(pack(files=files))


def test_two_packs_that_contradict_each_other_are_refused(pack, refused):
    first = pack("first", {RATE: override("learning_rate_too_high", prior="rare")})
    second = pack("second", {RATE: override("learning_rate_too_high", prior="regular")})
    for packs in ((first, second), (second, first)):
        told = refused(*packs)
        assert f"{second / RATE}:3: expected prior of learning_rate_too_high to be overridden by one pack" in told
        assert "found it in first, too" in told
        assert "after: [...]" in told


def test_two_packs_that_say_the_same_or_something_of_other_keys_go_together(pack, merged):
    first = pack("first", {RATE: override("learning_rate_too_high", prior="rare", title="Rate too high")})
    second = pack("second", {RATE: override("learning_rate_too_high", prior="rare", mechanism="Too long a step.")})
    cause = merged(first, second).causes["learning_rate_too_high"]
    assert (cause.prior, cause.title, cause.mechanism) == ("rare", "Rate too high", "Too long a step.")


def test_words_of_several_packs_come_together(pack, merged):
    said = [
        pack(name, {"overrides/findings/warmup.yaml": override("warmup", states={"short": {"words": [word]}})})
        for name, word in (("first", "short ramp"), ("second", "quick ramp"))
    ]
    assert merged(*said).findings["warmup"].states["short"].words[-2:] == ["short ramp", "quick ramp"]


def test_one_pack_cannot_leave_out_what_another_one_changes(pack, refused):
    first = pack("first", {RATE: override("learning_rate_too_high", prior="rare")})
    second = pack("second", {RATE: override("learning_rate_too_high", leave_out=True)})
    assert "overridden by one pack" in refused(first, second)


def test_the_pack_that_knows_of_the_other_counts(pack, merged):
    first = pack("a_first", {RATE: override("learning_rate_too_high", prior="rare")}, after=["b_second"])
    second = pack("b_second", {RATE: override("learning_rate_too_high", prior="regular")})
    for packs in ((first, second), (second, first)):
        base = merged(*packs)
        assert base.causes["learning_rate_too_high"].prior == "rare"
        assert [change.pack for change in base.changes_of(base.causes["learning_rate_too_high"])] == ["a_first"]


def test_things_of_another_pack_are_overridden_where_it_is_named(pack, merged, refused):
    files = {"overrides/causes/too_fast.yaml": override("too_fast", prior="rare")}
    other = pack("other", small())
    assert "of the pack other: name it in after" in refused(other, pack("stranger", files))
    assert merged(other, pack("friend", files, after=["other"])).causes["too_fast"].prior == "rare"


def test_packs_that_come_after_each_other_have_no_order(pack, refused):
    told = refused(pack("first", after=["second"]), pack("second", after=["first"]))
    assert "expected an order of packs" in told


def test_two_packs_of_one_id_are_refused_and_one_named_twice_is_not(pack, merged, refused, tmp_path):
    first = pack("first")
    other = write_pack(tmp_path / "other", {"pack.yaml": manifest("first")})
    assert "pack.yaml:1: expected an id of its own, found 'first'" in refused(first, other)
    assert list(merged(first, first, tmp_path / "other" / ".." / "first").packs) == ["first"]


def test_the_order_in_which_packs_are_named_never_matters(pack, merged):
    packs = [
        pack("b_one", small()),
        pack("c_two", {RATE: override("learning_rate_too_high", prior="rare")}, after=["d_three"]),
        pack("d_three", {RATE: override("learning_rate_too_high", prior="regular")}),
        pack("a_four", {"overrides/causes/too_fast.yaml": override("too_fast", prior="rare")}, after=["b_one"]),
    ]
    bases = [merged(*order) for order in permutations(packs)]
    assert all(base == bases[0] for base in bases)
    assert len({tuple(base.causes) for base in bases}) == 1


VERSIONS = st.lists(st.integers(0, 3000), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))


@given(low=VERSIONS, high=VERSIONS)
def test_a_range_of_versions_holds_what_lies_in_it(low, high):
    from knowledge.base import VERSION
    from knowledge.pack import Pack, misfits

    def number(version):
        parts = [int(part) for part in version.split(".")]
        return parts + [0] * (4 - len(parts))

    pack = Pack(id="mine", title="Mine", version="1", schema_version=1, knowledge=f">={low}, <{high}")
    fits = number(low) <= number(VERSION) < number(high)
    assert (list(misfits(pack, VERSION, "pack.yaml")) == []) == fits


def test_a_pack_for_another_knowledge_is_refused_with_both_versions(pack, refused, real_base):
    told = refused(pack(knowledge=">=2031.1"))
    assert (
        f"pack.yaml:5: expected a pack that fits knowledge version {real_base.version}, found one for >=2031.1" in told
    )


def test_a_pack_for_a_newer_triage_says_so_before_anything_else(pack, refused):
    told = refused(pack(schema_version=2, new_key="of a later day"))
    assert "pack.yaml:4: expected a pack of schema version 1, found 2: it was made for a newer triage" in told


@pytest.mark.parametrize(
    ("key", "value"),
    [("id", "Mine!"), ("title", ""), ("title", "x" * 81), ("version", "1 0"), ("version", 1.0), ("knowledge", "2026"),
     ("schema_version", 0), ("colour", "red")],
)  # fmt: skip
def test_a_pack_yaml_that_does_not_say_what_it_should_is_told_by_line(key, value, tmp_path, refused):
    told = refused(write_pack(tmp_path / "mine", {"pack.yaml": {**manifest("mine"), key: value}}))
    assert "pack.yaml:" in told
    assert f" {key}: " in told


def test_a_folder_without_pack_yaml_is_no_pack(tmp_path, refused):
    (tmp_path / "causes").mkdir()
    assert "pack.yaml: expected the file that makes a folder a pack, found none" in refused(tmp_path)
