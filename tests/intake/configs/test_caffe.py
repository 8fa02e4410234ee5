from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from triage.errors import IntakeError
from triage.intake.configs.caffe import is_caffe, read_caffe
from triage.intake.found import Found, Told

SOLVER = """net: "models/train_val.prototxt"
test_iter: 100
test_interval: 500
base_lr: 0.01
momentum: 0.9
weight_decay: 0.0005
lr_policy: "step"
gamma: 0.1
stepsize: 20000
max_iter: 60000
snapshot_prefix: "models/run"
solver_mode: GPU
"""

NET = """name: "Small"
layer {
  name: "data"
  type: "Data"
  top: "data"
  top: "label"
  include { phase: TRAIN }
  transform_param { scale: 0.00390625 mirror: true crop_size: 24 }
  data_param { source: "train_lmdb" batch_size: 64 backend: LMDB }
}
layer {
  name: "data"
  type: "Data"
  top: "data"
  top: "label"
  include { phase: TEST }
  transform_param { scale: 0.00390625 crop_size: 24 }
  data_param { source: "test_lmdb" batch_size: 100 backend: LMDB }
}
layer {
  name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
  convolution_param { num_output: 20 kernel_size: 5 weight_filler { type: "xavier" } }
}
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer {
  name: "pool1"
  type: "Pooling"
  bottom: "conv1"
  top: "pool1"
  pooling_param {
    pool: MAX
    kernel_size: 3
    stride: 2
  }
}
layer {
  name: "ip1" type: "InnerProduct" bottom: "pool1" top: "ip1"
  inner_product_param { num_output: 128 weight_filler { type: "xavier" } }
}
layer { name: "relu2" type: "ReLU" bottom: "ip1" top: "ip1" }
layer { name: "drop" type: "Dropout" bottom: "ip1" top: "ip1" dropout_param { dropout_ratio: 0.4 } }
layer {
  name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
  inner_product_param { num_output: 10 weight_filler { type: "xavier" } }
}
layer { name: "accuracy" type: "Accuracy" bottom: "ip2" bottom: "label" top: "accuracy" include { phase: TEST } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip2" bottom: "label" top: "loss" }
"""


def told(text: str, *more: str) -> Told:
    return read_caffe({f"file{number}.prototxt": item for number, item in enumerate((text, *more))})


def value(told: Told, name: str) -> float | str | None:
    return next((item.value for item in told.stated if item.name == name), None)


def line(told: Told, name: str) -> int | None:
    return next(item.place.line for item in told.stated if item.name == name)


def all_of(told: Told, finding: str) -> list[Found]:
    return [found for found in told.found if found.finding == finding]


def state(told: Told, finding: str) -> str | None:
    found = all_of(told, finding)
    return found[-1].state if found else None


def solver(**changed: str | None) -> str:
    lines = [text for text in SOLVER.splitlines() if text.split(":")[0] not in changed]
    return "\n".join(lines + [f"{name}: {text}" for name, text in changed.items() if text is not None]) + "\n"


def net(old: str, new: str) -> str:
    assert old in NET
    return NET.replace(old, new)


def test_a_solver_states_its_numbers_with_their_lines():
    found = told(SOLVER)
    stated = {item.name: (item.value, item.place.line) for item in found.stated if item.place.line is not None}
    assert stated == {
        "learning_rate": (0.01, 4), "momentum": (0.9, 5), "optimizer": ("sgd", 5), "weight_decay": (0.0005, 6),
        "schedule": ("step", 7), "max_steps": (60000, 10),
    }  # fmt: skip
    assert {item.name for item in found.stated if item.place.line is None} == {
        "clip_norm", "accumulation_steps", "warmup_steps",
    }  # fmt: skip
    assert state(found, "framework") == "caffe_darknet"
    assert all_of(found, "learning_rate_course") == []


def test_the_words_of_a_place_are_the_line_as_it_stands():
    place = next(item.place for item in told(SOLVER).stated if item.name == "learning_rate")
    assert place.words == "base_lr: 0.01"


@pytest.mark.parametrize(
    ("field", "optimizer"),
    [
        ('type: "Adam"', "adam"),
        ("solver_type: ADAM", "adam"),
        ('type: "Nesterov"', "sgd"),
        ('type: "RMSProp"', "rmsprop"),
    ],
)
def test_the_optimizer_is_named_in_either_syntax(field: str, optimizer: str):
    assert value(told(SOLVER + field), "optimizer") == optimizer


def test_adam_has_betas_and_an_epsilon_in_place_of_a_momentum():
    found = told(SOLVER + 'type: "Adam"\nmomentum2: 0.95\ndelta: 1e-4\n')
    assert [value(found, name) for name in ("beta1", "beta2", "epsilon", "momentum")] == [0.9, 0.95, 1e-4, None]


def test_the_solver_states_clipping_and_accumulation():
    found = told(solver(clip_gradients="35", iter_size="8"))
    assert (value(found, "clip_norm"), value(found, "accumulation_steps")) == (35, 8)
    assert value(told(solver(clip_gradients="-1")), "clip_norm") == 0


@pytest.mark.parametrize(
    ("policy", "schedule"),
    [("fixed", "constant"), ("step", "step"), ("exp", "step"), ("sigmoid", "decay"), ("plateau", "plateau")],
)
def test_the_policy_of_the_rate_is_its_schedule(policy: str, schedule: str):
    assert value(told(solver(lr_policy=f'"{policy}"')), "schedule") == schedule


def test_poly_without_max_iter_makes_the_rate_nan():
    found = told(solver(lr_policy='"poly"', power="0.9", max_iter=None))
    [course] = all_of(found, "learning_rate_course")
    assert course.state == "not_finite"
    assert course.place.words == 'lr_policy: "poly"'


def test_poly_with_max_iter_decays_to_it():
    found = told(solver(lr_policy='"poly"', power="0.9"))
    assert (value(found, "schedule"), value(found, "decay_steps")) == ("decay", 60000)
    assert all_of(found, "learning_rate_course") == []


@pytest.mark.parametrize("changed", [{"gamma": None}, {"gamma": "0"}, {"gamma": "0.1", "stepsize": "100"}])
def test_a_rate_that_falls_to_nothing_early_is_told(changed: dict[str, str | None]):
    assert state(told(solver(**changed)), "learning_rate_course") == "decays_too_early"


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"lr_policy": '"inv"', "gamma": None}, "gamma"),
        ({"lr_policy": '"inv"'}, "power"),
        ({"lr_policy": '"poly"'}, "power"),
        ({"lr_policy": '"multistep"'}, "stepvalue"),
        ({"gamma": "1"}, "gamma of 1"),
    ],
)
def test_a_policy_without_its_parameter_leaves_the_rate_as_it_is(changed: dict[str, str | None], missing: str):
    found = told(solver(**changed))
    assert value(found, "schedule") == "constant"
    assert any(missing in note for note in found.notes)


def test_step_without_a_stepsize_is_noted():
    assert any("stepsize" in note for note in told(solver(stepsize=None)).notes)


def test_a_sound_net_is_told_in_full():
    found = told(NET)
    assert [value(found, name) for name in ("batch_size", "layers", "hidden_units", "classes", "dropout")] == [
        64, 3, 128, 10, 0.4,
    ]  # fmt: skip
    assert (value(found, "augmentations"), value(found, "loss_terms")) == (2, 1)
    states = {
        "compare_preprocessing": "same", "hidden_activation": "relu", "initialization": "framework_default",
        "input_scaling": "zero_to_one", "loss_function": "cross_entropy_on_logits", "network_kind": "convolutional",
        "normalization_layers": "not_used", "output_activation": "linear", "pooling_stride": "at_most_kernel",
        "precision": "fp32", "target_form": "class_indices", "trained_part": "everything",
    }  # fmt: skip
    assert {name: state(found, name) for name in states} == states


def test_all_that_is_told_is_known_to_the_knowledge():
    findings = knowledge.load().findings
    for found in told(SOLVER, NET).found:
        assert set(found.likelihood) <= set(findings[found.finding].states), found
        assert sum(found.likelihood.values()) <= 1
        assert len(found.place.words) <= 120


def test_each_pooling_layer_with_a_stride_above_its_kernel_is_named_with_its_line():
    twice = (
        net("stride: 2", "stride: 5")
        + 'layer { name: "pool9" type: "Pooling" bottom: "conv1" top: "p9"\n'
        + ("pooling_param { pool: AVE kernel_h: 2 kernel_w: 4\nstride_h: 3 stride_w: 3 } }\n")
    )
    found = all_of(told(twice), "pooling_stride")
    assert [item.state for item in found] == ["above_kernel", "above_kernel"]
    assert "pool1" in found[0].message
    assert twice.splitlines()[found[0].place.line - 1].strip() == "stride: 5"
    assert "pool9" in found[1].message


def test_pooling_over_the_whole_input_is_neither():
    assert all_of(told(net("kernel_size: 3\n    stride: 2", "global_pooling: true stride: 5")), "pooling_stride") == []


def test_a_softmax_before_a_loss_with_softmax_is_softmax_twice():
    twice = net('type: "SoftmaxWithLoss" bottom: "ip2"', 'type: "SoftmaxWithLoss" bottom: "prob"').replace(
        'layer { name: "loss"', 'layer { name: "prob" type: "Softmax" bottom: "ip2" top: "prob" }\nlayer { name: "loss"'
    )
    found = told(twice)
    assert state(found, "output_activation") == "softmax"
    assert state(found, "loss_function") == "cross_entropy_on_logits"
    assert "again" in all_of(found, "output_activation")[0].message
    assert value(found, "classes") == 10


def test_an_activation_in_place_on_the_output_is_seen():
    text = net(
        'layer { name: "loss"', 'layer { name: "act" type: "TanH" bottom: "ip2" top: "ip2" }\nlayer { name: "loss"'
    )
    assert state(told(text), "output_activation") == "tanh"
    assert state(told(text), "hidden_activation") == "relu"


@pytest.mark.parametrize(
    ("kind", "function"),
    [
        ("EuclideanLoss", "squared_or_absolute_error"),
        ("SigmoidCrossEntropyLoss", "binary_cross_entropy"),
        ("InfogainLoss", "own_formula"),
        ("ContrastiveLoss", "own_formula"),
        ("MultinomialLogisticLoss", "cross_entropy_on_probabilities"),
        ("CTCLoss", "alignment_loss"),
    ],
)
def test_the_type_of_the_loss_layer_is_the_loss(kind: str, function: str):
    assert state(told(net("SoftmaxWithLoss", kind)), "loss_function") == function


def test_losses_with_weights_far_apart_are_counted_and_noted():
    extra = 'layer { name: "aux" type: "EuclideanLoss" bottom: "ip1" bottom: "other" top: "aux" loss_weight: 500 }\n'
    found = told(NET + extra)
    assert value(found, "loss_terms") == 2
    assert any("'aux'" in note and "500" in note for note in found.notes)
    assert value(told(NET + extra.replace("500", "0")), "loss_terms") == 1


def test_no_activation_between_layers_is_seen_even_if_one_acts_on_the_input():
    linear = NET.replace('type: "ReLU"', 'type: "Pooling"').replace('"Dropout"', '"Split"')
    on_input = linear.replace(
        'layer {\n  name: "conv1"',
        'layer { name: "r" type: "ReLU" bottom: "data" top: "data" }\nlayer {\n  name: "conv1"',
    )
    for text in (linear, on_input):
        assert state(told(text), "hidden_activation") == "none_between_layers"


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ('type: "Sigmoid"', "saturating"),
        ('type: "TanH"', "saturating"),
        ('type: "ELU"', "leaky_or_smooth"),
        ('type: "ReLU" relu_param { negative_slope: 0.1 }', "leaky_or_smooth"),
    ],
)
def test_the_activation_between_layers_is_told(new: str, expected: str):
    assert state(told(net('type: "ReLU"', new)), "hidden_activation") == expected


def test_the_maximum_of_a_pooling_layer_is_enough_beside_activations_elsewhere():
    lenet = net('layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }', "")
    assert all_of(told(lenet), "hidden_activation")[0].likelihood.keys() == {"relu"}


def test_an_activation_at_the_end_of_a_net_without_a_loss_is_none_between_layers():
    ends = "\n".join(text for text in NET.splitlines() if "Loss" not in text)
    ends += 'layer { name: "end" type: "Sigmoid" bottom: "ip2" top: "end" }'
    assert all_of(told(ends), "hidden_activation")[0].likelihood.keys() == {"relu"}


def test_layers_with_and_without_an_activation_share_the_likelihood():
    half = net('layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }', "").replace("Pooling", "Scale")
    [found] = all_of(told(half), "hidden_activation")
    assert found.likelihood == {"relu": pytest.approx(0.485), "none_between_layers": pytest.approx(0.485)}


@pytest.mark.parametrize(
    ("filler", "expected"),
    [
        ('type: "constant"', "zeros_or_constant"),
        ('type: "gaussian" std: 0.01', "own_scale"),
        ('type: "msra"', "framework_default"),
    ],
)
def test_fillers_are_the_starting_weights(filler: str, expected: str):
    assert state(told(net('type: "xavier"', filler)), "initialization") == expected


def test_a_net_without_fillers_is_meant_to_load_weights_or_starts_at_zero():
    [found] = all_of(told(net('weight_filler { type: "xavier" }', "")), "initialization")
    assert set(found.likelihood) == {"pretrained", "zeros_or_constant"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("mirror: true", "raw"),
        ("mean_value: 104", "raw"),
        ("scale: 0.0078125 mean_value: 127.5", "zero_to_one"),
        ("scale: 0.017 mean_value: 104", "standardised"),
    ],
)
def test_scale_and_mean_are_the_scaling_of_the_inputs(change: str, expected: str):
    assert state(told(net("scale: 0.00390625 mirror: true crop_size: 24", change)), "input_scaling") == expected


def test_test_data_that_are_scaled_otherwise_differ():
    found = told(net("scale: 0.00390625 crop_size", "crop_size"))
    assert state(found, "compare_preprocessing") == "differs"
    assert "0.00390625" in all_of(found, "compare_preprocessing")[0].message


@pytest.mark.parametrize(("shuffle", "expected"), [("shuffle: true", "every_epoch"), ("", "not_shuffled")])
def test_a_list_of_images_is_shuffled_if_it_says_so(shuffle: str, expected: str):
    text = net('type: "Data"', 'type: "ImageData"').replace(
        "data_param { source", f"image_data_param {{ {shuffle} source"
    )
    found = told(text)
    assert state(found, "shuffling") == expected
    assert value(found, "batch_size") == 64


def test_batch_norm_that_uses_stored_statistics_in_training_is_told():
    layer = 'layer { name: "bn" type: "BatchNorm" bottom: "c" top: "c" batch_norm_param { use_global_stats: %s } }\n'
    found = told(NET + layer % "true")
    assert state(found, "normalization_layers") == "batch_norm"
    assert state(found, "batch_norm_statistics") == "never_updated"
    found = told(NET + layer % "false")
    assert state(found, "evaluation_code") == "mode_not_switched"
    train_only = (layer % "false").replace("batch_norm_param", "include { phase: TRAIN } batch_norm_param")
    assert state(told(NET + train_only), "evaluation_code") is None


def test_frozen_layers_are_told_by_their_factor():
    frozen = net("convolution_param", "param { lr_mult: 0 } convolution_param")
    assert state(told(frozen), "trained_part") == "head_or_adapter_only"
    everything = frozen.replace("inner_product_param", "param { lr_mult: 0 } inner_product_param")
    assert state(told(everything), "weights_change") == "none_change"
    tuned = net("convolution_param", "param { lr_mult: 0.1 } convolution_param")
    assert state(told(tuned), "trained_part") == "several_optimizers_or_groups"


OLD = """name: "Old"
layers { name: "data" type: DATA top: "data" top: "label" data_param { source: "x" batch_size: 32 scale: 0.0039 } }
layers { name: "ip" type: INNER_PRODUCT bottom: "data" top: "ip" blobs_lr: 1 blobs_lr: 2
  inner_product_param { num_output: 30 weight_filler { type: "gaussian" } } }
layers { name: "act" type: SIGMOID bottom: "ip" top: "act" }
layers { name: "pool" type: POOLING bottom: "act" top: "pool" pooling_param { kernel_size: 2 stride: 3 } }
layers { name: "ip2" type: INNER_PRODUCT bottom: "pool" top: "ip2"
  inner_product_param { num_output: 7 weight_filler { type: "gaussian" } } }
layers { name: "loss" type: SOFTMAX_LOSS bottom: "ip2" bottom: "label" }
"""

OLDEST = """name: "Oldest"
layers { layer { name: "data" type: "data" source: "x" batchsize: 32 scale: 0.0039 } top: "data" top: "label" }
layers { layer { name: "ip" type: "innerproduct" num_output: 30 weight_filler { type: "gaussian" } blobs_lr: 1. }
  bottom: "data" top: "ip" }
layers { layer { name: "act" type: "sigmoid" } bottom: "ip" top: "act" }
layers { layer { name: "pool" type: "pool" kernelsize: 2 stride: 3 pool: MAX } bottom: "act" top: "pool" }
layers { layer { name: "ip2" type: "innerproduct" num_output: 7 weight_filler { type: "gaussian" } blobs_lr: 1. }
  bottom: "pool" top: "ip2" }
layers { layer { name: "loss" type: "softmax_loss" } bottom: "ip2" bottom: "label" }
"""


@pytest.mark.parametrize("text", [OLD, OLDEST])
def test_the_old_syntaxes_say_the_same(text: str):
    found = told(text)
    names = ("batch_size", "classes", "layers", "hidden_units")
    assert [value(found, name) for name in names] == [32, 7, 2, 30]
    states = {
        "hidden_activation": "saturating", "initialization": "own_scale", "input_scaling": "zero_to_one",
        "loss_function": "cross_entropy_on_logits", "output_activation": "linear", "pooling_stride": "above_kernel",
    }  # fmt: skip
    assert {name: state(found, name) for name in states} == states


def test_the_solver_names_the_net_that_is_trained():
    other = net("batch_size: 64", "batch_size: 5")
    found = read_caffe({"other.prototxt": other, "run/solver.prototxt": SOLVER, "run/train_val.prototxt": NET})
    assert value(found, "batch_size") == 64
    assert any("other.prototxt" in note for note in found.notes)


def test_a_net_may_stand_within_its_solver():
    found = told(SOLVER + "net_param {\n" + NET + "}\n")
    assert value(found, "learning_rate") == 0.01
    assert value(found, "batch_size") == 64
    assert line(found, "classes") is not None


def test_a_net_without_a_loss_says_nothing_of_loss_and_start():
    deploy = "\n".join(text for text in NET.splitlines() if "Loss" not in text)
    found = told(deploy)
    for finding in ("loss_function", "output_activation", "initialization", "trained_part"):
        assert state(found, finding) is None
    assert state(found, "hidden_activation") == "relu"


@pytest.mark.parametrize("text", [SOLVER, NET, OLD, OLDEST])
def test_what_is_caffes_is_recognised(text: str):
    assert is_caffe(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "base_lr: 0.01\nlr_policy: step\n",
        "solver:\n  base_lr: 0.01\n  max_iter: 100\n  momentum: 0.9\n",
        '{"layers": [{"bottom": "x"}]}',
        "item {\n  id: 1\n  name: 'cat'\n}\n",
        "model {\n  ssd {\n    num_classes: 3\n  }\n}\ntrain_config { batch_size: 2 }\n",
        "class Net:\n    layers = {}\n",
        "Source: http://example.org\n\n" + NET,
        "# The net of the run\n\nIt is this one:\n\n" + NET,
    ],
)
def test_what_is_not_caffes_is_refused(text: str):
    assert not is_caffe(text)
    with pytest.raises(IntakeError, match="expected a Caffe solver or net"):
        told(text)


def test_a_net_of_many_thousand_layers_is_read_whole():
    block = (
        'layer { name: "c%d" type: "Convolution" bottom: "b" top: "b" convolution_param { num_output: 8 } }\n'
        'layer { name: "n%d" type: "BatchNorm" bottom: "b" top: "b" batch_norm_param { use_global_stats: false } }\n'
        'layer { name: "r%d" type: "ReLU" bottom: "b" top: "b" }\n'
        'layer { name: "p%d" type: "Pooling" bottom: "b" top: "b" pooling_param { kernel_size: 2 stride: 3 } }\n'
    )
    text = "".join(block % (n, n, n, n) for n in range(5000))
    found = told(text + 'layer { name: "l" type: "SoftmaxWithLoss" bottom: "b" top: "l" }')
    assert value(found, "layers") == 5000


pieces = st.sampled_from(
    [*(SOLVER + NET).replace("{", " { ").replace("}", " } ").split(), "{", "}", "nan", "-1", "1e999"]
)


@given(st.lists(pieces, max_size=80).map(" ".join), st.sampled_from([SOLVER, NET, OLD, OLDEST, ""]))
def test_any_text_is_told_or_refused(text: str, beginning: str):
    try:
        found = told(beginning + text)
    except IntakeError:
        return
    assert isinstance(found, Told)


@given(st.sampled_from([SOLVER, NET, OLD, OLDEST]), st.data())
def test_a_damaged_file_is_told_or_refused(text: str, data: st.DataObject):
    at = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 60))
    put = data.draw(st.text(max_size=5))
    try:
        found = told(text[:at] + put + text[at + length :])
    except IntakeError:
        return
    for item in found.found:
        assert sum(item.likelihood.values()) <= 1 + 1e-9
