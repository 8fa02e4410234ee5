from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from triage.errors import IntakeError
from triage.intake.configs.keras_model import is_keras_model, read_keras_model
from triage.intake.found import Found, Told

Json = dict[str, Any]


def layer(kind: str, name: str, **config: object) -> Json:
    return {"class_name": kind, "config": {"name": name, "trainable": True, "dtype": "float32", **config}}


def dense(name: str, units: int, activation: str = "linear", initializer: object = None, **config: object) -> Json:
    kernel = initializer or {"class_name": "GlorotUniform", "config": {"seed": None}}
    return layer("Dense", name, units=units, activation=activation, kernel_initializer=kernel, **config)


def conv(name: str, filters: int, activation: str = "relu", **config: object) -> Json:
    kernel = {"class_name": "HeNormal", "config": {"seed": None}}
    return layer("Conv2D", name, filters=filters, activation=activation, kernel_initializer=kernel, **config)


def sequential(*layers: Json, **beside: object) -> Json:
    return {
        "class_name": "Sequential",
        "config": {"name": "sequential", "layers": list(layers)},
        "keras_version": "2.15.0",
        "backend": "tensorflow",
        **beside,
    }


def functional(*layers: Json, outputs: tuple[str, ...]) -> Json:
    listed = []
    previous: str | None = None
    for item in layers:
        name = item["config"]["name"]
        listed.append({**item, "name": name, "inbound_nodes": [[[previous, 0, 0, {}]]] if previous else []})
        previous = name
    config = {"name": "model", "layers": listed, "output_layers": [[name, 0, 0] for name in outputs]}
    return {"class_name": "Functional", "config": config, "keras_version": "2.15.0"}


SMALL = sequential(
    layer("InputLayer", "input_1", batch_input_shape=[None, 28, 28, 1]),
    conv("conv2d", 32),
    layer("MaxPooling2D", "pool", pool_size=[2, 2], strides=[2, 2]),
    layer("BatchNormalization", "bn", momentum=0.99),
    layer("Flatten", "flatten"),
    dense("hidden", 64, "relu"),
    layer("Dropout", "dropout", rate=0.4),
    dense("scores", 10, "softmax"),
)

COMPILED = {
    "optimizer": {
        "module": "keras.optimizers",
        "class_name": "Adam",
        "config": {
            "name": "adam", "learning_rate": 0.0010000000474974513, "weight_decay": None, "clipnorm": 1.0,
            "beta_1": 0.9, "beta_2": 0.95, "epsilon": 1e-07,
        },
    },
    "loss": "sparse_categorical_crossentropy",
    "loss_weights": None,
    "metrics": ["accuracy"],
}  # fmt: skip


def told(model: Mapping[str, object], indent: int | None = None) -> Told:
    return read_keras_model(json.dumps(model, indent=indent), "model.json")


def value(told: Told, name: str) -> float | str | None:
    return next((item.value for item in told.stated if item.name == name), None)


def found(told: Told, finding: str) -> Found:
    return next(item for item in told.found if item.finding == finding)


def state(told: Told, finding: str) -> str | None:
    return next((item.state for item in told.found if item.finding == finding), None)


def test_a_sequential_model_is_told_in_full():
    result = told(SMALL)
    assert {item.name: item.value for item in result.stated} == {
        "layers": 3, "hidden_units": 64, "classes": 10, "dropout": 0.4,
    }  # fmt: skip
    assert {item.finding: item.state for item in result.found} == {
        "framework": "keras_tensorflow", "network_kind": "convolutional", "output_activation": "softmax",
        "hidden_activation": "relu", "pooling_stride": "at_most_kernel", "normalization_layers": "batch_norm",
        "initialization": "framework_default", "trained_part": "everything", "precision": "fp32",
    }  # fmt: skip


def test_a_place_is_where_the_name_of_the_layer_stands_on_one_line_or_on_many():
    place = found(told(SMALL), "output_activation").place
    assert (place.line, place.words.startswith('"name": "scores"')) == (1, True)
    written = json.dumps(SMALL, indent=2).splitlines()
    place = found(told(SMALL, indent=2), "output_activation").place
    assert place.line is not None
    assert written[place.line - 1].strip() == '"name": "scores",' == place.words


def test_all_that_is_told_is_known_to_the_knowledge():
    findings = knowledge.load().findings
    for item in told({**SMALL, "compile_config": COMPILED}).found:
        assert set(item.likelihood) <= set(findings[item.finding].states), item
        assert sum(item.likelihood.values()) <= 1
        assert len(item.place.words) <= 120


def test_the_list_of_layers_may_be_the_config_itself_as_of_early_keras():
    early = {**SMALL, "config": SMALL["config"]["layers"]}
    assert told(early).found == told(early).found
    assert {item.name: item.value for item in told(early).stated} == {
        item.name: item.value for item in told(SMALL).stated
    }


def test_the_compilation_states_optimizer_loss_and_clipping():
    result = told({**SMALL, "compile_config": COMPILED})
    names = ("optimizer", "learning_rate", "beta1", "beta2", "epsilon", "clip_norm", "weight_decay", "loss_terms")
    assert [value(result, name) for name in names] == ["adam", 0.001, 0.9, 0.95, 1e-07, 1.0, None, 1]
    assert state(result, "loss_function") == "cross_entropy_on_probabilities"
    assert state(result, "target_form") == "class_indices"
    assert state(result, "task") == "classification"


def schedule(kind: str, **config: object) -> Json:
    return {"class_name": kind, "config": config}


def compiled(**changed: object) -> Told:
    return told({**SMALL, "compile_config": {**COMPILED, **changed}})


def test_softmax_and_a_loss_on_raw_scores_are_softmax_twice():
    loss = {"class_name": "CategoricalCrossentropy", "config": {"name": "x", "from_logits": True}}
    result = compiled(loss=loss)
    assert state(result, "loss_function") == "cross_entropy_on_logits"
    assert state(result, "output_activation") == "softmax"


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("mse", "squared_or_absolute_error"),
        ("binary_crossentropy", "binary_cross_entropy"),
        ({"class_name": "function", "config": "mean_absolute_error"}, "squared_or_absolute_error"),
        ({"class_name": "CategoricalCrossentropy", "config": {"from_logits": False}}, "cross_entropy_on_probabilities"),
    ],
)
def test_a_loss_is_known_by_name_class_or_function(loss: object, expected: str):
    assert state(compiled(loss=loss), "loss_function") == expected


def test_losses_of_several_outputs_are_counted():
    assert value(compiled(loss={"a": "mse", "b": "mae"}), "loss_terms") == 2
    assert value(compiled(loss=["mse", "mse"], loss_weights=[1.0, 0.0]), "loss_terms") == 1


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (
            schedule("CosineDecay", initial_learning_rate=0.0, decay_steps=900, warmup_target=0.1, warmup_steps=50),
            {"learning_rate": 0.1, "schedule": "decay", "decay_steps": 900, "warmup_steps": 50},
        ),
        (
            schedule("ExponentialDecay", initial_learning_rate=0.01, decay_steps=100, decay_rate=0.9),
            {"learning_rate": 0.01, "schedule": "step", "decay_steps": None, "warmup_steps": None},
        ),
        (
            schedule("PiecewiseConstantDecay", boundaries=[5, 9], values=[0.1, 0.5, 0.01]),
            {"learning_rate": 0.5, "schedule": "step", "decay_steps": None, "warmup_steps": None},
        ),
    ],
)
def test_a_schedule_of_the_rate_is_taken_apart(rate: object, expected: dict[str, object]):
    optimizer = {"class_name": "SGD", "config": {"learning_rate": rate, "momentum": 0.9}}
    result = compiled(optimizer=optimizer)
    assert {name: value(result, name) for name in expected} == expected
    assert (value(result, "optimizer"), value(result, "momentum")) == ("sgd", 0.9)


def test_the_training_config_of_keras_2_is_read_as_well():
    config = {"loss": "mse", "optimizer_config": {"class_name": "RMSprop", "config": {"lr": 0.01, "decay": 0.0}}}
    wrapped = {"format": "layers-model", "modelTopology": {"model_config": SMALL, "training_config": config}}
    result = told(wrapped)
    assert (value(result, "optimizer"), value(result, "learning_rate")) == ("rmsprop", 0.01)
    assert value(result, "layers") == 3


def test_hidden_layers_without_an_activation_are_told():
    result = told(sequential(dense("a", 64), dense("b", 32), dense("out", 3, "softmax")))
    fault = found(result, "hidden_activation")
    assert fault.state == "none_between_layers"
    assert "2 of 2" in fault.message


def test_the_maximum_of_a_pooling_layer_is_enough_beside_activations_elsewhere():
    pool = layer("MaxPooling2D", "p", pool_size=[2, 2])
    lenet = sequential(conv("a", 6, "linear"), pool, conv("b", 16, "relu"), dense("out", 10, "softmax"))
    assert found(told(lenet), "hidden_activation").likelihood.keys() == {"relu"}
    linear = sequential(conv("a", 6, "linear"), pool, conv("b", 16, "linear"), dense("out", 10, "softmax"))
    assert state(told(linear), "hidden_activation") == "none_between_layers"


def test_an_activation_of_its_own_layer_belongs_to_the_layer_before():
    result = told(
        sequential(
            dense("a", 64),
            layer("BatchNormalization", "n"),
            layer("Activation", "act", activation="tanh"),
            dense("out", 3),
        )
    )
    assert state(result, "hidden_activation") == "saturating"
    assert found(result, "hidden_activation").likelihood.keys() == {"saturating"}
    assert state(result, "output_activation") == "linear"


@pytest.mark.parametrize(
    ("activation", "expected"),
    [("relu", "relu"), ("elu", "leaky_or_smooth"), ("sigmoid", "saturating"), ("linear", "none_between_layers")],
)
def test_the_activation_between_layers_is_told(activation: str, expected: str):
    for model in (
        sequential(dense("a", 9, activation), dense("b", 9, activation), dense("out", 3)),
        functional(dense("a", 9, activation), dense("b", 9, activation), dense("out", 3), outputs=("out",)),
    ):
        assert state(told(model), "hidden_activation") == expected


def test_the_output_of_a_functional_model_is_the_layer_that_it_names():
    model = functional(dense("a", 9, "relu"), dense("out", 4, "softmax"), dense("unused", 2, "tanh"), outputs=("out",))
    assert state(told(model), "output_activation") == "softmax"
    assert value(told(model), "classes") == 4


def test_an_output_behind_a_reshape_is_followed():
    model = functional(dense("a", 9, "relu"), dense("b", 4, "sigmoid"), layer("Reshape", "r"), outputs=("r",))
    assert state(told(model), "output_activation") == "sigmoid"


def test_a_softmax_layer_of_its_own_ends_the_network():
    result = told(sequential(dense("a", 20, "relu"), dense("b", 6), layer("Softmax", "s")))
    assert state(result, "output_activation") == "softmax"
    assert value(result, "classes") == 6
    assert state(result, "hidden_activation") == "relu"


def test_a_softmax_of_one_unit_is_noted():
    assert any("always 1" in note for note in told(sequential(dense("a", 1, "softmax"))).notes)


def test_keras_3_names_what_feeds_a_layer_in_another_way():
    history = {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None, 9], "dtype": "float32", "keras_history": ["b", 0, 0]},
    }
    policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}
    layers = [
        {**dense("a", 9, "relu", dtype=policy), "name": "a", "inbound_nodes": []},
        {**dense("b", 5, "tanh"), "name": "b", "inbound_nodes": []},
        {**layer("Flatten", "f"), "name": "f", "inbound_nodes": [{"args": [history], "kwargs": {}}]},
    ]
    model = {
        "module": "keras.src",
        "class_name": "Functional",
        "config": {"layers": layers, "output_layers": ["f", 0, 0]},
    }
    result = told(model)
    assert state(result, "output_activation") == "tanh"
    assert state(result, "precision") == "fp16_amp"


def test_models_within_models_are_taken_apart():
    backbone = functional(conv("c1", 8), conv("c2", 8), outputs=("c2",))
    inner = {"class_name": "Functional", "config": {**backbone["config"], "name": "backbone", "trainable": False}}
    result = told(sequential(inner, layer("GlobalAveragePooling2D", "g"), dense("out", 5, "softmax")))
    assert value(result, "layers") == 3
    assert state(result, "trained_part") == "head_or_adapter_only"
    assert state(result, "output_activation") == "softmax"
    assert state(told(sequential(dense("a", 3, "relu"), inner)), "network_kind") == "convolutional"


def test_frozen_models_are_told():
    assert state(told(sequential(dense("a", 3, trainable=False))), "weights_change") == "none_change"


def test_wrapped_layers_count_as_what_they_wrap():
    wrapped = layer("Bidirectional", "bi", layer=layer("LSTM", "lstm", units=7, activation="tanh", dropout=0.3))
    result = told(sequential(wrapped, dense("out", 2, "softmax")))
    assert state(result, "network_kind") == "recurrent"
    assert (value(result, "hidden_units"), value(result, "dropout")) == (7, 0.3)
    assert state(result, "hidden_activation") is None


def test_each_pooling_layer_with_a_stride_above_its_size_is_named():
    model = sequential(
        conv("c", 3),
        layer("MaxPooling2D", "p1", pool_size=[2, 2], strides=[3, 3]),
        layer("AveragePooling1D", "p2", pool_size=[2], strides=[5]),
        layer("GlobalMaxPooling2D", "p3"),
        dense("out", 2),
    )
    faults = [item for item in told(model).found if item.finding == "pooling_stride"]
    assert [item.state for item in faults] == ["above_kernel", "above_kernel"]
    assert ["p1" in faults[0].message, "p2" in faults[1].message] == [True, True]
    assert '"p2"' in faults[1].place.words


def test_pooling_without_strides_steps_by_its_size():
    model = sequential(conv("c", 3), layer("MaxPooling2D", "p", pool_size=[2, 2], strides=None), dense("out", 2))
    assert state(told(model), "pooling_stride") == "at_most_kernel"


@pytest.mark.parametrize(
    ("initializer", "expected"),
    [
        ({"class_name": "Zeros", "config": {}}, "zeros_or_constant"),
        ("ones", "zeros_or_constant"),
        ({"class_name": "RandomNormal", "config": {"mean": 0.0, "stddev": 5.0, "seed": None}}, "own_scale"),
        ({"class_name": "VarianceScaling", "config": {"scale": 1.0}}, "framework_default"),
        ("he_uniform", "framework_default"),
    ],
)
def test_initializers_are_the_starting_weights(initializer: object, expected: str):
    result = told(sequential(dense("a", 9, "relu", initializer), dense("out", 2, "softmax", initializer)))
    assert state(result, "initialization") == expected


def test_the_spread_of_the_starting_weights_is_named():
    wide = {"class_name": "RandomNormal", "config": {"mean": 0.0, "stddev": 5.0}}
    assert "5" in found(told(sequential(dense("a", 9, "relu", wide))), "initialization").message


def test_attention_makes_a_transformer():
    model = functional(
        layer("MultiHeadAttention", "mha", num_heads=4),
        layer("LayerNormalization", "ln"),
        dense("out", 9),
        outputs=("out",),
    )
    assert state(told(model), "network_kind") == "transformer"
    assert state(told(model), "normalization_layers") == "layer_or_group_norm"


def test_layers_that_prepare_the_inputs_are_told():
    model = sequential(
        layer("RandomFlip", "f"),
        layer("RandomRotation", "r"),
        layer("Rescaling", "s", scale=1 / 255, offset=0.0),
        dense("o", 2),
    )
    assert value(told(model), "augmentations") == 2
    assert state(told(model), "input_scaling") == "zero_to_one"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"class_name": "Dense", "config": {"layers": []}}', '{"model_type": "gpt2"}', "a: 1"]
)
def test_what_is_no_model_of_keras_is_refused(text: str):
    assert not is_keras_model(text)
    with pytest.raises(IntakeError, match="expected a model of Keras"):
        read_keras_model(text, "model.json")


def test_names_with_line_ends_stay_within_one_sentence():
    result = told(sequential(dense("a\nb", 3, "relu", "he\nuniform"), dense("out", 2, "softmax")))
    assert all("\n" not in item.message for item in result.found)
    strange = {**SMALL["config"]["layers"][1], "class_name": "Conv2D\n"}
    assert state(told(sequential(strange, dense("out", 2))), "network_kind") == "dense"


def test_a_model_somewhere_in_other_json_is_refused():
    text = json.dumps({"models": [SMALL]})
    with pytest.raises(IntakeError, match="expected a Sequential or Functional model"):
        read_keras_model(text, "model.json")


def test_a_model_of_thousands_of_layers_is_read_whole():
    layers = [conv(f"c{number}", 8) for number in range(4000)]
    for model in (sequential(*layers, dense("out", 2)), functional(*layers, dense("out", 2), outputs=("out",))):
        assert value(told(model), "layers") == 4001


def test_models_nested_without_end_are_refused():
    text = '{"class_name": "Sequential", "config": {"layers": [' * 500
    with pytest.raises(IntakeError):
        read_keras_model(text + "]}}" * 500, "model.json")


values = st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers()
trees = st.recursive(
    values, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def _paths(tree: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(each for key, value in inner for each in _paths(value, (*path, key)))]


def _replaced(tree: Any, path: tuple[object, ...], new: object) -> Any:
    if not path:
        return new
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[path[0]] = _replaced(tree[path[0]], path[1:], new)
    return copy


WHOLE: Json = {**SMALL, "compile_config": COMPILED}


@given(st.sampled_from(_paths(WHOLE)), trees)
def test_a_model_with_anything_in_any_place_is_told_or_refused(path: tuple[object, ...], new: object):
    try:
        result = read_keras_model(json.dumps(_replaced(WHOLE, path, new)), "model.json")
    except IntakeError:
        return
    for item in result.found:
        assert sum(item.likelihood.values()) <= 1 + 1e-9


@given(st.text(), st.integers(0, 2000))
def test_a_damaged_file_is_told_or_refused(put: str, at: int):
    text = json.dumps(WHOLE)
    try:
        result = read_keras_model(text[:at] + put + text[at + len(put) :], "model.json")
    except IntakeError:
        return
    assert isinstance(result, Told)
