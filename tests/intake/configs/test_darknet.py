from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from triage.errors import IntakeError
from triage.intake.configs.darknet import is_darknet, read_darknet
from triage.intake.found import Found, Told

DETECTOR = """[net]
# Testing
#batch=1
# Training
batch=64
subdivisions=16
width=416
height=416
channels=3
momentum=0.9
decay=0.0005
angle=0
saturation = 1.5
hue=.1
learning_rate=0.001
burn_in=1000
max_batches = 6000
policy=steps
steps=4800,5400
scales=.1,.1

[convolutional]
batch_normalize=1
filters=16
size=3
stride=1
pad=1
activation=leaky

[maxpool]
size=2
stride=2

[convolutional]
batch_normalize=1
filters=32
size=3
activation=leaky

[convolutional]
size=1
filters=24
activation=linear

[yolo]
mask = 3,4,5
anchors = 10,14,  23,27,  37,58
classes=3
num=6
jitter=.3
"""

CLASSIFIER = """[net]
batch=128
learning_rate=0.1
policy=poly
power=4
max_batches=1600000

[convolutional]
filters=32
size=3
activation=relu

[avgpool]

[connected]
output=1000
activation=linear

[softmax]
groups=1
"""


def told(text: str = DETECTOR) -> Told:
    return read_darknet(text, "net.cfg")


def changed(old: str, new: str) -> str:
    assert old in DETECTOR
    return DETECTOR.replace(old, new)


def value(told: Told, name: str) -> float | str | None:
    return next((item.value for item in told.stated if item.name == name), None)


def found(told: Told, finding: str) -> Found:
    return next(item for item in told.found if item.finding == finding)


def state(told: Told, finding: str) -> str | None:
    return next((item.state for item in told.found if item.finding == finding), None)


def line_of(words: str) -> int:
    return next(number for number, line in enumerate(DETECTOR.splitlines(), 1) if words in line)


def test_a_detector_states_its_numbers_with_their_lines():
    stated = {item.name: (item.value, item.place.line) for item in told().stated}
    assert stated == {
        "batch_size": (4, 5), "accumulation_steps": (16, 6), "momentum": (0.9, 10), "optimizer": ("sgd", 10),
        "weight_decay": (0.0005, 11), "learning_rate": (0.001, 15), "warmup_steps": (1000, 16), "max_steps": (6000, 17),
        "schedule": ("step", 18), "augmentations": (3, 13), "layers": (3, line_of("filters=24") - 2),
        "classes": (3, line_of("classes=3")), "loss_terms": (3, line_of("[yolo]")), "clip_norm": (0, None),
        "dropout": (0, None),
    }  # fmt: skip


def test_a_detector_shows_its_settings():
    states = {
        "compare_class_counts": "agree", "framework": "caffe_darknet", "hidden_activation": "leaky_or_smooth",
        "network_kind": "convolutional", "normalization_layers": "batch_norm", "pooling_stride": "at_most_kernel",
        "precision": "fp32", "target_form": "boxes_or_masks", "task": "detection",
    }  # fmt: skip
    assert {item.finding: item.state for item in told().found} == states


def test_all_that_is_told_is_known_to_the_knowledge():
    findings = knowledge.load().findings
    for text in (DETECTOR, CLASSIFIER):
        for item in told(text).found:
            assert set(item.likelihood) <= set(findings[item.finding].states), item
            assert sum(item.likelihood.values()) <= 1


@pytest.mark.parametrize(
    ("classes", "filters", "expected"),
    [
        (3, 24, "agree"),
        (1, 18, "agree"),
        (80, 255, "agree"),
        (1, 255, "config_has_more"),
        (80, 18, "labels_out_of_range"),
    ],
)
def test_filters_before_a_detecting_layer_must_fit_its_classes(classes: int, filters: int, expected: str):
    text = changed("classes=3", f"classes={classes}").replace("filters=24", f"filters={filters}")
    fault = found(told(text), "compare_class_counts")
    assert fault.state == expected
    assert fault.place.words == f"filters={filters}"
    assert f"classes={classes}" in fault.message


@given(st.integers(1, 200), st.integers(1, 9))
def test_filters_as_the_rule_has_them_always_agree(classes: int, boxes: int):
    mask = ",".join(str(number) for number in range(boxes))
    text = changed("classes=3", f"classes={classes}").replace("mask = 3,4,5", f"mask = {mask}")
    text = text.replace("filters=24", f"filters={(classes + 5) * boxes}")
    assert state(told(text), "compare_class_counts") == "agree"


def test_a_region_layer_counts_all_its_boxes():
    text = changed("[yolo]", "[region]").replace("mask = 3,4,5", "coords=4").replace("filters=24", "filters=48")
    assert state(told(text), "compare_class_counts") == "agree"


def test_detecting_layers_of_different_classes_are_noted():
    assert any("different" in note for note in told(DETECTOR + "[yolo]\nclasses=5\n").notes)


@pytest.mark.parametrize("batch", ["#batch=64\nbatch=1", "batch=1\nbatch=64"])
def test_a_batch_of_one_as_for_testing_is_stated_and_noted(batch: str):
    text = DETECTOR.replace("#batch=1\n", "").replace("batch=64\nsubdivisions=16", f"{batch}\nsubdivisions=1")
    result = told(text)
    assert value(result, "batch_size") == 1
    assert any("batch=64" in note for note in result.notes)


def test_poly_without_a_last_batch_makes_no_rate():
    text = changed("policy=steps", "policy=poly").replace("max_batches = 6000\n", "")
    assert state(told(text), "learning_rate_course") == "not_finite"
    assert state(told(CLASSIFIER), "learning_rate_course") is None
    assert value(told(CLASSIFIER), "decay_steps") == 1600000


def test_steps_that_never_come_or_do_not_fit_their_scales_are_noted():
    assert any("never drops" in note for note in told(changed("4800,5400", "400000,450000")).notes)
    assert any("2 steps and 1 scales" in note for note in told(changed("scales=.1,.1", "scales=.1")).notes)


@pytest.mark.parametrize(
    ("steps", "scales", "highest", "climb"),
    [
        ("-1,100,20000", ".1,10,.1", 0.001, 100),
        ("200,400,600,20000", "2.5,2,2,.1", 0.01, 600),
        ("4800,5400", ".1,.1", 0.001, 0),
    ],
)
def test_scales_above_one_are_a_warm_up_to_the_highest_rate(steps: str, scales: str, highest: float, climb: float):
    text = changed("steps=4800,5400\nscales=.1,.1", f"steps={steps}\nscales={scales}").replace("burn_in=1000\n", "")
    result = told(text)
    assert value(result, "learning_rate") == pytest.approx(highest)
    assert value(result, "warmup_steps") == climb
    assert state(result, "learning_rate_course") is None


def test_an_unknown_policy_is_a_constant_rate():
    result = told(changed("policy=steps", "policy=cosine"))
    assert value(result, "schedule") == "constant"
    assert any("cosine" in note for note in result.notes)


def test_a_layer_without_an_activation_has_the_logistic_one():
    assert state(told(DETECTOR.replace("activation=leaky\n", "")), "hidden_activation") == "saturating"


@pytest.mark.parametrize(("name", "expected"), [("linear", "none_between_layers"), ("mish", "leaky_or_smooth")])
def test_the_activation_between_layers_is_told(name: str, expected: str):
    assert state(told(changed("activation=leaky", f"activation={name}")), "hidden_activation") == expected


def test_a_pooling_stride_above_its_size_is_told_with_its_line():
    fault = found(told(changed("[maxpool]\nsize=2\nstride=2", "[maxpool]\nsize=2\nstride=5")), "pooling_stride")
    assert (fault.state, fault.place.words) == ("above_kernel", "stride=5")


def test_adam_is_named_where_it_is_switched_on():
    result = told(changed("momentum=0.9", "momentum=0.9\nadam=1\nB2=0.95\neps=0.001"))
    assert [value(result, name) for name in ("optimizer", "beta2", "epsilon", "momentum")] == [
        "adam",
        0.95,
        0.001,
        None,
    ]


def test_a_classifier_ends_in_softmax():
    result = told(CLASSIFIER)
    assert value(result, "classes") == 1000
    assert state(result, "output_activation") == "softmax"
    assert state(result, "loss_function") == "cross_entropy_on_probabilities"
    assert state(result, "task") == "classification"
    assert state(result, "normalization_layers") == "not_used"


def test_line_ends_marks_and_comments_do_not_matter():
    windows = "\ufeff" + DETECTOR.replace("\n", "\r\n").replace("filters=24", "filters = 24 ; outputs")
    assert {item.name: item.value for item in told(windows).stated} == {item.name: item.value for item in told().stated}


@pytest.mark.parametrize(
    "text", ["", "[net]\nbatch=3\n", "[section]\nkey=value\n", "batch=1\n[convolutional]\nfilters=3\n", "layer { }"]
)
def test_what_is_not_darknets_is_refused(text: str):
    assert not is_darknet(text)
    with pytest.raises(IntakeError, match="expected a network of Darknet"):
        told(text)


def test_a_line_that_is_neither_section_nor_value_is_named():
    with pytest.raises(IntakeError, match=r"net\.cfg, line 3: expected .* found 'nonsense'"):
        told("[net]\n[convolutional]\nnonsense\n")


def test_a_net_of_many_thousand_layers_is_read_whole():
    result = told(DETECTOR + "[convolutional]\nfilters=3\nactivation=relu\n[maxpool]\nsize=2\nstride=2\n" * 40_000)
    assert value(result, "layers") == 40_003


pieces = st.sampled_from(
    [*DETECTOR.splitlines(), *CLASSIFIER.splitlines(), "=", "[]", "[", "x", "batch=1e999", "steps=,,"]
)


@given(st.lists(pieces, max_size=60).map("\n".join) | st.text(), st.sampled_from([DETECTOR, CLASSIFIER, ""]))
def test_any_text_is_told_or_refused(text: str, beginning: str):
    try:
        result = told(beginning + text)
    except IntakeError:
        return
    for item in result.found:
        assert sum(item.likelihood.values()) <= 1 + 1e-9
