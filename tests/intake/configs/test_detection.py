from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from triage.errors import IntakeError
from triage.intake.configs.detection import is_detection, read_detection
from triage.intake.found import Found, Told

PIPELINE = """# a detector of one class
model {
  ssd {
    num_classes: 80
    feature_extractor {
      type: "ssd_mobilenet_v2_keras"
      conv_hyperparams {
        regularizer { l2_regularizer { weight: 4e-05 } }
        activation: RELU_6
        batch_norm { decay: 0.97 epsilon: 0.001 }
      }
    }
    box_predictor {
      convolutional_box_predictor {
        use_dropout: true
        dropout_keep_probability: 0.8
      }
    }
    loss {
      localization_loss { weighted_smooth_l1 { } }
      classification_loss {
        weighted_sigmoid_focal { gamma: 2.0 alpha: 0.75 }
      }
      classification_weight: 1.0
      localization_weight: 1.0
    }
  }
}
train_config {
  batch_size: 4
  data_augmentation_options { random_horizontal_flip { } }
  data_augmentation_options { ssd_random_crop { } }
  data_augmentation_options { normalize_image { } }
  optimizer {
    momentum_optimizer {
      learning_rate {
        cosine_decay_learning_rate {
          learning_rate_base: 0.8
          total_steps: 50000
          warmup_learning_rate: 0.1333
          warmup_steps: 2000
        }
      }
      momentum_optimizer_value: 0.9
    }
    use_moving_average: false
  }
  fine_tune_checkpoint: "models/ckpt-0"
  num_steps: 50000
  fine_tune_checkpoint_type: "detection"
}
train_input_reader: {
  label_map_path: "annotations/label_map.pbtxt"
  tf_record_input_reader { input_path: "train.record" }
}
eval_input_reader: {
  label_map_path: "annotations/label_map.pbtxt"
  shuffle: false
}
"""

ONE_ITEM = "item {\n  id: 1\n  name: 'bolt'\n}\n"


def labels(*ids: int) -> str:
    return "".join(f"item {{\n  name: 'kind {number}'\n  id: {number}\n}}\n" for number in ids)


def told(pipeline: str = PIPELINE, label_map: str | None = None) -> Told:
    files = {"pipeline.config": pipeline}
    return read_detection(files if label_map is None else files | {"annotations/label_map.pbtxt": label_map})


def changed(old: str, new: str) -> str:
    assert old in PIPELINE
    return PIPELINE.replace(old, new)


def value(told: Told, name: str) -> float | str | None:
    return next((item.value for item in told.stated if item.name == name), None)


def found(told: Told, finding: str) -> Found:
    return next(item for item in told.found if item.finding == finding)


def state(told: Told, finding: str) -> str | None:
    return next((item.state for item in told.found if item.finding == finding), None)


def line_of(words: str) -> int:
    return next(number for number, line in enumerate(PIPELINE.splitlines(), 1) if words in line)


def test_eighty_classes_for_a_label_map_of_one_item_are_told_at_the_line_of_num_classes():
    fault = found(told(label_map=ONE_ITEM), "compare_class_counts")
    assert fault.state == "config_has_more"
    assert (fault.place.file, fault.place.line, fault.place.words) == ("pipeline.config", 4, "num_classes: 80")
    assert "80" in fault.message
    assert "label_map.pbtxt has 1 item." in fault.message


def test_the_rates_of_the_warm_up_and_behind_it_come_out_with_their_lines():
    result = told(label_map=ONE_ITEM)
    stated = {item.name: (item.value, item.place.line) for item in result.stated}
    assert stated["learning_rate"] == (0.8, line_of("learning_rate_base"))
    assert stated["warmup_steps"] == (2000, line_of("warmup_steps"))
    assert stated["decay_steps"] == (50000, line_of("total_steps"))
    assert stated["schedule"][0] == "decay"
    assert any("0.1333" in note and f"line {line_of('warmup_learning_rate')}" in note for note in result.notes)


def test_the_rest_of_a_pipeline_is_stated():
    result = told()
    names = ("batch_size", "max_steps", "optimizer", "momentum", "augmentations", "clip_norm", "loss_terms", "classes")
    assert [value(result, name) for name in names] == [4, 50000, "sgd", 0.9, 2, 0, 2, 80]
    assert value(result, "weight_decay") == 4e-05
    assert value(result, "dropout") == pytest.approx(0.2)
    states = {
        "framework": "keras_tensorflow", "hidden_activation": "relu", "initialization": "pretrained",
        "loss_function": "binary_cross_entropy", "network_kind": "convolutional", "normalization_layers": "batch_norm",
        "output_activation": "linear", "precision": "fp32", "shuffling": "every_epoch", "target_form": "boxes_or_masks",
        "task": "detection",
    }  # fmt: skip
    assert {name: state(result, name) for name in states} == states
    assert state(result, "compare_class_counts") is None


def test_all_that_is_told_is_known_to_the_knowledge():
    findings = knowledge.load().findings
    for item in told(label_map=ONE_ITEM).found:
        assert set(item.likelihood) <= set(findings[item.finding].states), item
        assert sum(item.likelihood.values()) <= 1


@pytest.mark.parametrize(
    ("classes", "ids", "expected"),
    [
        (3, (1, 2, 3), "agree"),
        (3, (3, 1, 2), "agree"),
        (90, (1, 2, 90), "agree"),
        (3, (1, 2), "config_has_more"),
        (2, (1, 2, 3), "labels_out_of_range"),
        (2, (1, 2, 5), "labels_out_of_range"),
        (3, (0, 1, 2), "labels_out_of_range"),
        (2, (0, 1, 2), "labels_out_of_range"),
        (80, (0, 1), "config_has_more"),
        (3, (-1, 1, 2), "labels_out_of_range"),
    ],
)
def test_num_classes_is_held_against_the_ids(classes: int, ids: tuple[int, ...], expected: str):
    result = told(changed("num_classes: 80", f"num_classes: {classes}"), labels(*ids))
    assert state(result, "compare_class_counts") == expected


def test_an_item_for_the_background_is_no_class():
    background = "item { id: 0 name: 'background' }\n"
    result = told(changed("num_classes: 80", "num_classes: 2"), background + labels(1, 2))
    assert state(result, "compare_class_counts") == "agree"
    assert result.notes == told(changed("num_classes: 80", "num_classes: 2")).notes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (labels(0, 1), "id 0"),
        (labels(1, 2, 2), "Id 2 stands 2 times"),
        (labels(1, 7), "gaps"),
        (ONE_ITEM + "item { name: 'x' }\n", "no id"),
    ],
)
def test_odd_ids_are_noted(text: str, words: str):
    assert any(words in note for note in read_detection({"map.pbtxt": text}).notes)


def test_a_label_map_alone_states_the_classes_of_the_data():
    result = read_detection({"map.pbtxt": labels(1, 2, 5)})
    [only] = result.stated
    assert (only.name, only.value, only.place.line) == ("label_classes", 5, 11)
    assert result.found == ()


def test_the_label_map_that_the_pipeline_names_is_the_one_compared():
    files = {"other.pbtxt": labels(1, 2), "label_map.pbtxt": ONE_ITEM, "pipeline.config": changed("80", "1")}
    result = read_detection(files)
    assert state(result, "compare_class_counts") == "agree"
    assert any("other.pbtxt" in note for note in result.notes)


def test_another_label_map_than_the_named_one_is_noted():
    result = read_detection({"pipeline.config": PIPELINE, "other.pbtxt": ONE_ITEM})
    assert state(result, "compare_class_counts") == "config_has_more"
    assert any("label_map.pbtxt" in note and "other.pbtxt" in note for note in result.notes)


COSINE = PIPELINE[PIPELINE.index("        cosine_decay") : PIPELINE.index("      momentum_optimizer_value")]


def rate(schedule: str) -> Told:
    return told(changed(COSINE, schedule + "}\n"))


def test_rates_by_hand_state_the_highest_and_their_steps():
    result = rate(
        "manual_step_learning_rate {\ninitial_learning_rate: 0.0003\nschedule { step: 900 learning_rate: .00003 } }"
    )
    assert [value(result, name) for name in ("learning_rate", "schedule", "warmup_steps")] == [0.0003, "step", 0]
    result = rate(
        "manual_step_learning_rate { initial_learning_rate: 0.001\nschedule { step: 900 learning_rate: .01 }\n"
        "schedule { step: 9000 learning_rate: .0001 } }"
    )
    assert [value(result, name) for name in ("learning_rate", "schedule", "warmup_steps")] == [0.01, "step", 900]


def test_rates_by_hand_behind_the_end_of_training_are_noted():
    schedule = "manual_step_learning_rate { initial_learning_rate: 0.1 schedule { step: %d learning_rate: .01 } }"
    assert any("never changes" in note for note in rate(schedule % 900000).notes)
    assert not any("never changes" in note for note in rate(schedule % 900).notes)


def test_the_ids_of_keypoints_are_none_of_classes():
    text = "item: {\n id: 1\n name: 'face'\n keypoints {\n  id: 0\n  label: 'eye'\n }\n}\n"
    result = told(changed("num_classes: 80", "num_classes: 1"), text)
    assert state(result, "compare_class_counts") == "agree"
    assert not any("id 0" in note for note in result.notes)


def test_a_constant_rate_has_the_default_of_the_api_where_none_is_set():
    result = rate("constant_learning_rate { }")
    assert [value(result, name) for name in ("learning_rate", "schedule")] == [0.002, "constant"]


def test_an_exponential_decay_that_ends_early_is_told():
    schedule = "exponential_decay_learning_rate { initial_learning_rate: 0.004 decay_steps: %d decay_factor: 0.95 }"
    assert state(rate(schedule % 20), "learning_rate_course") == "decays_too_early"
    assert state(rate(schedule % 800720), "learning_rate_course") is None


def test_training_far_behind_the_end_of_the_cosine_is_told():
    assert state(told(changed("total_steps: 50000", "total_steps: 5000")), "learning_rate_course") == "decays_too_early"
    assert state(told(), "learning_rate_course") is None


def test_a_warm_up_longer_than_the_schedule_or_above_its_rate_is_noted():
    for old, new in (
        ("warmup_steps: 2000", "warmup_steps: 60000"),
        ("warmup_learning_rate: 0.1333", "warmup_learning_rate: 1"),
    ):
        assert any("refuses" in note for note in told(changed(old, new)).notes)


@pytest.mark.parametrize(("field", "optimizer"), [("adam_optimizer", "adam"), ("rms_prop_optimizer", "rmsprop")])
def test_the_optimizer_and_its_epsilon_are_stated(field: str, optimizer: str):
    text = changed("    momentum_optimizer {", f"    {field} {{\n      epsilon: 0.001")
    result = told(text)
    assert (value(result, "optimizer"), value(result, "epsilon")) == (optimizer, 0.001)


def test_switches_of_training_are_told():
    text = changed(
        "  batch_size: 4", "  batch_size: 4\n  use_bfloat16: true\n  gradient_clipping_by_norm: 10.0"
    ).replace("train_input_reader: {", "train_input_reader: {\n  shuffle: false")
    result = told(text)
    assert state(result, "precision") == "bf16"
    assert value(result, "clip_norm") == 10
    assert state(result, "shuffling") == "not_shuffled"


def test_loss_weights_far_apart_are_noted():
    assert any(
        "far apart" in note for note in told(changed("localization_weight: 1.0", "localization_weight: 500")).notes
    )


def test_faster_rcnn_has_a_softmax_and_four_terms_unless_told_otherwise():
    text = "model { faster_rcnn { num_classes: 5 initial_crop_size: 14 } }\ntrain_config { batch_size: 1 }"
    result = told(text)
    assert value(result, "loss_terms") == 4
    assert state(result, "loss_function") == "cross_entropy_on_logits"


def test_a_model_of_another_program_is_left_out():
    result = told("model: {\n second: { num_class: 3 }\n}\ntrain_config: {\n  batch_size: 3\n}\n")
    assert (result.stated, result.found) == ((), ())
    assert len(result.notes) == 1


@pytest.mark.parametrize("text", [PIPELINE, ONE_ITEM, 'item: { id: 3 display_name: "x" }'])
def test_what_is_of_the_api_is_recognised(text: str):
    assert is_detection(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        'layer { name: "x" top: "y" }',
        'item {\n  name: "none"\n  label: 0\n  display_name: "background"\n}\n',
        "model:\n  type: ssd\ntrain_config:\n  batch_size: 3\n",
        '{"model": {"ssd": 1}, "train_config": {}}',
        "node {\n  name: 'a'\n  id: 3\n}\n",
    ],
)
def test_what_is_not_of_the_api_is_refused(text: str):
    assert not is_detection(text)
    with pytest.raises(IntakeError, match="expected a detection pipeline or a label map"):
        told(text)


@given(st.sampled_from([PIPELINE, ONE_ITEM]), st.data())
def test_a_damaged_file_is_told_or_refused(text: str, data: st.DataObject):
    at = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 60))
    put = data.draw(st.text(max_size=5))
    damaged = text[:at] + put + text[at + length :]
    try:
        result = read_detection({"a": damaged, "b": ONE_ITEM if text is PIPELINE else PIPELINE})
    except IntakeError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    for item in result.found:
        assert sum(item.likelihood.values()) <= 1 + 1e-9


@given(st.lists(st.integers(-2, 12), min_size=1, max_size=12), st.integers(1, 12))
def test_dense_ids_from_one_agree_with_their_number_and_nothing_else_does(ids: list[int], classes: int):
    result = told(changed("num_classes: 80", f"num_classes: {classes}"), labels(*ids))
    agrees = state(result, "compare_class_counts") == "agree"
    if set(ids) == set(range(1, classes + 1)):
        assert agrees
    if min(ids) < 1 and max(ids) >= classes:
        assert not agrees
