import numpy as np
import pytest

from tests.intake.artifacts.making import message, network, safetensors, states, told, torch_zip
from triage.errors import CancelledError
from triage.intake.artifacts import inspect_weights


def moved(weights, by=1e-3):
    return {name: array + array.dtype.type(by) if array.dtype.kind == "f" else array for name, array in weights.items()}


def test_weights_that_all_differ_change(tmp_path):
    found = told(tmp_path, safetensors(network()), safetensors(moved(network())))
    assert states(found)["weights_change"] == "all_change"
    assert states(found)["weight_norm_course"] == "steady"


def test_weights_that_are_the_same_to_the_last_bit_do_not_change(tmp_path):
    found = told(tmp_path, torch_zip({"model": network(), "step": 1}), torch_zip({"model": network(), "step": 9}))
    assert states(found)["weights_change"] == "none_change"


def test_sums_that_are_alike_do_not_hide_a_change(tmp_path):
    weights = {"fc.weight": np.arange(12, dtype="f4").reshape(3, 4)}
    turned = {"fc.weight": weights["fc.weight"][::-1].copy()}
    assert states(told(tmp_path, safetensors(weights), safetensors(turned)))["weights_change"] == "all_change"


def test_a_layer_that_stays_is_named(tmp_path):
    later = moved(network())
    later["conv2.weight"] = network()["conv2.weight"]
    found = told(tmp_path, safetensors(network()), safetensors(later))
    assert states(found)["weights_change"] == "only_some_change"
    assert "conv2.weight" in message(found, "weights_change")


@pytest.mark.parametrize(("factor", "state"), [(100.0, "grows_without_limit"), (0.01, "shrinks_to_zero")])
def test_the_norm_of_both_is_told(tmp_path, factor, state):
    later = {name: array * np.float32(factor) for name, array in network(scale=0.1).items() if "weight" in name}
    found = told(tmp_path, safetensors(network(scale=0.1)), safetensors(later))
    shown = [shown for shown in found.found if shown.finding == "weight_norm_course"][-1]
    assert shown.state == state


def test_checkpoints_are_put_into_the_order_of_their_steps(tmp_path):
    early, late = {"model": network(scale=0.01), "step": 10}, {"model": network(), "step": 900}
    found = told(tmp_path, torch_zip(late), torch_zip(early))
    assert states(found)["weight_norm_course"] == "grows_without_limit"


def test_one_file_given_twice_is_read_once(tmp_path):
    file = tmp_path / "w.safetensors"
    file.write_bytes(safetensors(network()))
    found = inspect_weights([file, str(file)])
    assert "weights_change" not in states(found)
    assert any("twice" in note for note in found.notes)


def test_checkpoints_of_one_step_are_not_compared(tmp_path):
    content = torch_zip({"model": network(), "step": 9})
    assert "weights_change" not in states(told(tmp_path, content, content))


def test_checkpoints_with_nothing_in_common_are_not_compared(tmp_path):
    other = {f"other.{name}": array for name, array in network().items()}
    found = told(tmp_path, safetensors(network()), safetensors(other))
    assert "weights_change" not in states(found)
    assert any("in common" in note for note in found.notes)


def test_nan_in_the_last_checkpoint_counts(tmp_path):
    later = moved(network())
    later["fc.weight"][0, 0] = np.nan
    found = told(tmp_path, safetensors(network()), safetensors(later))
    assert states(found)["weights_contain_nan"] == "some_layers"


def test_progress_goes_from_nothing_to_all_and_never_back(tmp_path):
    files = []
    for place, scale in enumerate((1.0, 2.0)):
        files.append(tmp_path / f"{place}.safetensors")
        files[-1].write_bytes(safetensors({f"w{n}.weight": np.full((256, 2048), n * scale, "f4") for n in range(4)}))
    shares = []
    inspect_weights(files, shares.append)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    assert shares == sorted(shares)


def test_what_progress_raises_ends_the_reading(tmp_path):
    file = tmp_path / "w.safetensors"
    file.write_bytes(safetensors(network()))

    def cancel(_):
        raise CancelledError("no longer wanted")

    with pytest.raises(CancelledError):
        inspect_weights([file], cancel)
