import io

import numpy as np

from tests.intake.artifacts.making import message, network, safetensors, stated, states, told, torch_zip


def likelihood(found, finding):
    return next(shown.likelihood for shown in found.found if shown.finding == finding)


def test_weights_that_are_all_nan_are_all_nan(tmp_path):
    broken = {name: np.full_like(array, np.nan) for name, array in network().items() if array.dtype.kind == "f"}
    assert states(told(tmp_path, safetensors(broken)))["weights_contain_nan"] == "all"


def test_one_nan_in_each_of_two_large_tensors_is_not_all(tmp_path):
    weights = {name: np.ones((50, 50), "f4") for name in "ab"}
    for array in weights.values():
        array[0, 0] = np.nan
    assert states(told(tmp_path, safetensors(weights)))["weights_contain_nan"] == "some_layers"


def test_a_mask_of_minus_infinity_is_no_broken_weight(tmp_path):
    weights = {**network(), "encoder.attn_mask": np.full((4, 4), -np.inf, "f4")}
    assert states(told(tmp_path, safetensors(weights)))["weights_contain_nan"] == "none"


def test_weights_that_are_all_one_number_were_set_so(tmp_path):
    weights = {"fc1.weight": np.zeros((4, 8), "f4"), "fc2.weight": np.full((2, 4), 0.1, "f4")}
    found = told(tmp_path, safetensors(weights))
    assert states(found)["initialization"] == "zeros_or_constant"
    assert "2 of 2 weight matrices" in message(found, "initialization")


def test_one_constant_matrix_among_many_is_only_a_note(tmp_path):
    weights = {**network(), "last.weight": np.zeros((4, 8), "f4")}
    found = told(tmp_path, safetensors(weights))
    assert "initialization" not in states(found)
    assert any("last.weight" in note for note in found.notes)


def test_the_second_half_of_a_fresh_lora_is_zero_on_purpose(tmp_path):
    draw = np.random.default_rng(0)
    weights = {}
    for layer in range(4):
        weights[f"layers.{layer}.q_proj.lora_A.weight"] = draw.standard_normal((4, 8)).astype("f4")
        weights[f"layers.{layer}.q_proj.lora_B.weight"] = np.zeros((8, 4), "f4")
    found = told(tmp_path, safetensors(weights))
    assert "initialization" not in states(found)
    assert states(found)["trained_part"] == "head_or_adapter_only"
    assert "layers" not in stated(found)


def test_values_beyond_fp16_are_noted_with_their_tensor(tmp_path):
    weights = network()
    weights["fc.weight"][0, 0] = 70000.0
    found = told(tmp_path, safetensors(weights))
    assert any("fc.weight" in note and "65504" in note for note in found.notes)
    assert not any("beyond" in note for note in told(tmp_path, safetensors(network())).notes)


def test_matrices_of_a_hundred_on_average_have_grown(tmp_path):
    found = told(tmp_path, safetensors(network(scale=1000.0)))
    assert states(found)["weight_norm_course"] == "grows_without_limit"
    assert "weight_norm_course" not in states(told(tmp_path, safetensors(network())))


def test_squares_that_do_not_fit_into_the_type_are_summed_all_the_same(tmp_path):
    found = told(tmp_path, safetensors({"w.weight": np.full((4, 8), 1e30, "f4") * [[1], [2], [3], [4]]}))
    assert "e+30" in message(found, "weight_norm_course")


def test_running_statistics_of_ordinary_size_are_plausible(tmp_path):
    found = told(tmp_path, torch_zip(network()))
    assert states(found)["batch_norm_statistics"] == "plausible"
    assert states(found)["normalization_layers"] == "batch_norm"


def test_running_statistics_as_at_the_start_were_never_updated(tmp_path):
    weights = network()
    weights["bn.running_mean"][:] = 0
    weights["bn.running_var"][:] = 1
    weights["bn.num_batches_tracked"] = np.asarray(0)
    assert states(told(tmp_path, torch_zip(weights)))["batch_norm_statistics"] == "never_updated"
    fresh = told(tmp_path, torch_zip({"model": weights, "step": 0}))
    assert "batch_norm_statistics" not in states(fresh)


def test_one_layer_of_two_that_was_never_updated_is_said_with_doubt(tmp_path):
    weights = {**network(), "bn2.running_mean": np.zeros(8, "f4"), "bn2.running_var": np.ones(8, "f4")}
    found = told(tmp_path, torch_zip(weights))
    assert states(found)["batch_norm_statistics"] == "never_updated"
    assert likelihood(found, "batch_norm_statistics")["plausible"] > 0.2


def test_running_statistics_that_are_nan_or_huge_are_extreme(tmp_path):
    for bad in (np.nan, np.inf, 1e9, -1.0):
        weights = network()
        weights["bn.running_var"][3] = bad
        assert states(told(tmp_path, torch_zip(weights)))["batch_norm_statistics"] == "extreme_or_nan"


def test_a_dead_channel_alone_is_said_with_doubt(tmp_path):
    weights = network()
    weights["bn.running_var"][3] = 1e-9
    assert likelihood(told(tmp_path, torch_zip(weights)), "batch_norm_statistics")["plausible"] == 0.7


def test_names_tell_the_kind_of_network(tmp_path):
    draw = np.random.default_rng(0)
    square = draw.standard_normal((8, 8)).astype("f4")
    recurrent = {"rnn.weight_ih_l0": square, "rnn.weight_hh_l0": square, "fc.weight": square}
    attention = {f"h.{layer}.{name}.weight": square for layer in range(2) for name in ("attn.q_proj", "mlp.fc")}
    dense = {"fc1.weight": square, "fc2.weight": square}
    assert states(told(tmp_path, safetensors(recurrent)))["network_kind"] == "recurrent"
    assert states(told(tmp_path, safetensors(attention)))["network_kind"] == "transformer"
    assert "network_kind" not in states(told(tmp_path, safetensors(dense)))
    assert stated(told(tmp_path, safetensors({**dense, "embedding.weight": square})))["layers"] == 2
    assert stated(told(tmp_path, safetensors(recurrent)))["layers"] == 2


def test_arrays_of_numpy_are_weights_too(tmp_path):
    stream = io.BytesIO()
    np.savez_compressed(stream, w=np.array([[1.0, np.nan], [2.0, 3.0]]), c=np.zeros(3, "c8"), t=np.array(["a"]))
    found = told(tmp_path, stream.getvalue())
    assert "w in 1 of 4" in message(found, "weights_contain_nan")
    assert any("'c'" in note and "'t'" in note for note in found.notes)
    stream = io.BytesIO()
    np.save(stream, np.asfortranarray(np.arange(6.0).reshape(2, 3)).astype(">f8"))
    assert states(told(tmp_path, stream.getvalue()))["weights_contain_nan"] == "none"
