import io
import zipfile

import numpy as np
import pytest

from tests.intake.artifacts.making import (
    Pickled,
    adam,
    message,
    network,
    refusal,
    stated,
    states,
    told,
    torch_old,
    torch_zip,
)


@pytest.mark.parametrize("write", [torch_zip, torch_old])
def test_a_state_dict_is_read_without_torch(tmp_path, write):
    weights = network()
    weights["fc.weight"][1, 1] = np.inf
    found = told(tmp_path, write(weights))
    assert states(found)["weights_contain_nan"] == "some_layers"
    assert "fc.weight in 1 of 32" in message(found, "weights_contain_nan")
    assert states(found)["framework"] == "pytorch"
    assert states(found)["network_kind"] == "convolutional"


def test_weights_inside_of_a_checkpoint_keep_their_own_names(tmp_path):
    weights = network()
    weights["conv1.bias"][0] = np.nan
    found = told(tmp_path, torch_zip({"epoch": 3, "state_dict": weights, "pytorch-lightning_version": "2.4"}))
    assert "first conv1.bias" in message(found, "weights_contain_nan")


def test_settings_of_the_optimizer_are_stated(tmp_path):
    weights = network()
    state = adam(weights, initial_lr=0.002, decoupled_weight_decay=True)
    found = told(tmp_path, torch_zip({"model": weights, "optimizer": state, "step": 5}))
    assert stated(found) == {
        "layers": 3, "optimizer": "adamw", "learning_rate": 0.002, "weight_decay": 0.01, "epsilon": 1e-8,
        "beta1": 0.9, "beta2": 0.999,
    }  # fmt: skip


def test_a_rate_that_a_schedule_may_have_lowered_is_not_stated(tmp_path):
    weights = network()
    assert "learning_rate" not in stated(told(tmp_path, torch_zip({"model": weights, "optimizer": adam(weights)})))


def test_a_checkpoint_with_steps_but_no_optimizer_cannot_be_resumed_from(tmp_path):
    weights = network()
    assert (
        states(told(tmp_path, torch_zip({"model": weights, "epoch": 7})))["resume_state"]
        == "optimizer_or_schedule_missing"
    )
    complete = {"model": weights, "epoch": 7, "optimizer": adam(weights)}
    assert "resume_state" not in states(told(tmp_path, torch_zip(complete)))
    assert "resume_state" not in states(told(tmp_path, torch_zip(weights)))


def test_an_adam_without_moments_cannot_be_resumed_from(tmp_path):
    weights = network()
    state = {**adam(weights), "state": {}}
    found = told(tmp_path, torch_zip({"model": weights, "global_step": 7, "optimizer": state}))
    assert states(found)["resume_state"] == "optimizer_or_schedule_missing"


def test_a_second_moment_below_epsilon_is_noted(tmp_path):
    weights = network()
    small = told(tmp_path, torch_zip({"model": weights, "optimizer": adam(weights, square=1e-20)}))
    large = told(tmp_path, torch_zip({"model": weights, "optimizer": adam(weights, square=1e-4)}))
    assert any("below epsilon" in note for note in small.notes)
    assert not any("below epsilon" in note for note in large.notes)


def test_a_second_moment_of_zero_everywhere_says_that_no_gradient_came_in(tmp_path):
    weights = network()
    found = told(tmp_path, torch_zip({"model": weights, "optimizer": adam(weights, square=0.0)}))
    assert states(found)["gradients_by_layer"] == "zero_everywhere"


def test_a_gradient_scaler_tells_mixed_precision(tmp_path):
    found = told(tmp_path, torch_zip({"model": network(), "scaler": {"scale": 65536.0, "growth_factor": 2.0}}))
    assert states(found)["precision"] == "fp16_amp"
    assert "precision" not in states(told(tmp_path, torch_zip({"model": network(), "scaler": {}})))


def test_half_weights_are_a_setting_only_beside_half_moments(tmp_path):
    half = {name: array.astype("f2") for name, array in network().items() if array.dtype.kind == "f"}
    alone = told(tmp_path, torch_zip({"model": half}))
    assert "precision" not in states(alone)
    assert any("stored in f16" in note for note in alone.notes)
    trained = told(tmp_path, torch_zip({"model": half, "optimizer": adam(half)}))
    assert states(trained)["precision"] == "fp16_pure"


def test_bytes_in_the_other_order_are_turned(tmp_path):
    weights = {"w.weight": np.array([[1.0, 2.0], [3.0, np.nan]], ">f4")}
    found = told(tmp_path, torch_zip({"w.weight": weights["w.weight"].astype("f4").byteswap()}, order="big"))
    assert "in 1 of 4" in message(found, "weights_contain_nan")


def test_a_transposed_weight_and_one_that_is_expanded_are_read_where_their_numbers_lie(tmp_path):
    writer = Pickled()
    array = np.arange(6, dtype="f4")
    turned = writer.tensor(array, shape=(3, 2), strides=(1, 3))
    wide = writer.tensor(array, shape=(10**9, 2), strides=(0, 1), key="0")
    body = b"\x80\x02}(" + writer.value("a") + turned + writer.value("b") + wide + b"u."
    found = told(tmp_path, torch_zip(pickled=body, arrays=writer.arrays))
    assert states(found)["weights_contain_nan"] == "none"


def test_an_object_of_an_unknown_class_stays_a_name_and_its_tensors_are_found(tmp_path):
    writer = Pickled()
    weights = writer.value({"weight": np.array([[1.0, np.nan], [2.0, 3.0]], "f4")})
    state = b"}" + writer.value("_parameters") + weights + b"s"
    body = b"\x80\x02cmycode\nNet\n)\x81" + state + b"b."
    found = told(tmp_path, torch_zip(pickled=body, arrays=writer.arrays))
    assert "weight in 1 of 4" in message(found, "weights_contain_nan")
    assert any("mycode.Net" in note for note in found.notes)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ({"key": "9"}, "not in the archive"),
        ({"key": "../../etc/passwd"}, "not in the archive"),
        ({"offset": 100}, "beyond the end"),
        ({"shape": (10**12,), "strides": (1,)}, "beyond the end"),
        ({"shape": (2,), "strides": (2**61,)}, "beyond the end"),
        ({"shape": (-3,), "strides": (1,)}, "no numbers"),
        ({"shape": (2, 2), "strides": (1,)}, "fit each other"),
        ({"count": -1}, "not as PyTorch"),
    ],
)
def test_a_tensor_that_lies_is_refused(tmp_path, made, expected):
    writer = Pickled()
    array = np.arange(6, dtype="f4")
    body = b"\x80\x02}" + writer.value("w") + writer.tensor(array, **made) + b"s."
    assert expected in refusal(tmp_path, torch_zip(pickled=body, arrays=[array]))


def test_tensors_that_ask_for_the_same_bytes_again_and_again_are_refused(tmp_path):
    writer = Pickled()
    array = np.zeros(100_000, "f4")
    views = b"".join(
        writer.value(f"w{place}") + writer.tensor(array, shape=(99_000,), strides=(1,), offset=place, key="0")
        for place in range(50)
    )
    body = b"\x80\x02}(" + views + b"u."
    assert "fit into the file" in refusal(tmp_path, torch_zip(pickled=body, arrays=[array]))


def test_an_old_checkpoint_that_is_cut_off_is_refused(tmp_path):
    content = torch_old(network())
    for end in (3, 30, 200, len(content) // 2, len(content) - 1):
        assert "expected" in refusal(tmp_path, content[:end])


def test_a_pickle_of_something_else_is_refused_with_a_way_out(tmp_path):
    import pickle

    assert "npz or safetensors" in refusal(tmp_path, pickle.dumps({"a": 1}))


def test_an_archive_of_something_else_is_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "no weights")
    assert "something else" in refusal(tmp_path, stream.getvalue())


def test_what_torch_itself_writes_is_read(tmp_path):
    torch = pytest.importorskip("torch")
    layers = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Conv2d(4, 4, 3), torch.nn.Flatten(),
        torch.nn.Linear(64, 2),
    )  # fmt: skip
    optimizer = torch.optim.AdamW(layers.parameters(), lr=0.003)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
    layers(torch.randn(4, 3, 8, 8)).sum().backward()
    optimizer.step()
    schedule.step()
    file = tmp_path / "run.pt"
    torch.save(
        {
            "model": layers.state_dict(),
            "optimizer": optimizer.state_dict(),
            "scheduler": schedule.state_dict(),
            "epoch": 1,
        },
        file,
    )
    from triage.intake.artifacts import inspect_weights

    found = inspect_weights([file])
    assert stated(found)["learning_rate"] == 0.003
    assert stated(found)["optimizer"] == "adamw"
    assert states(found)["weights_contain_nan"] == "none"
    assert states(found)["batch_norm_statistics"] == "plausible"
    torch.save(layers, file)
    assert states(inspect_weights([file]))["network_kind"] == "convolutional"
    torch.save(layers.state_dict(), file, _use_new_zipfile_serialization=False)
    assert states(inspect_weights([file]))["weights_contain_nan"] == "none"
    torch.save({name: tensor.bfloat16() for name, tensor in layers.state_dict().items()}, file)
    assert any("stored in bf16" in note for note in inspect_weights([file]).notes)
