import io
import json
import zipfile

import numpy as np
import pytest

from tests.intake.artifacts.making import message, refusal, stated, states, told

MAGIC = b"\x89HDF\r\n\x1a\n"


def hdf5(datasets, **attributes):
    h5py = pytest.importorskip("h5py")
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        for name, array in datasets.items():
            file[name] = array
        for name, value in attributes.items():
            file.attrs[name] = value
    return stream.getvalue()


def test_without_h5py_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    assert "loss-triage[weights]" in refusal(tmp_path, MAGIC + bytes(100))


def test_a_broken_file_is_refused(tmp_path):
    pytest.importorskip("h5py")
    assert "HDF5" in refusal(tmp_path, MAGIC + bytes(100))


def test_an_old_file_of_keras_states_its_optimizer_and_shows_nan(tmp_path):
    kernel = np.ones((4, 3), "f4")
    kernel[1, 1] = np.nan
    settings = {"learning_rate": 0.01, "beta_1": 0.9, "beta_2": 0.99, "epsilon": 1e-7}
    config = {"optimizer_config": {"class_name": "Adam", "config": settings}}
    content = hdf5(
        {"model_weights/dense/dense/kernel:0": kernel, "optimizer_weights/Adam/m:0": kernel},
        keras_version="2.15.0",
        training_config=json.dumps(config),
    )
    found = told(tmp_path, content)
    assert "dense/dense/kernel:0 in 1 of 12" in message(found, "weights_contain_nan")
    assert states(found)["framework"] == "keras_tensorflow"
    assert stated(found)["optimizer"] == "adam"
    assert stated(found)["learning_rate"] == 0.01


def test_a_keras_archive_is_read_and_its_batch_norm_found(tmp_path):
    norm = "layers/batch_normalization/vars"
    values = {
        f"{norm}/0": np.ones(4, "f4"),
        f"{norm}/1": np.zeros(4, "f4"),
        f"{norm}/2": np.zeros(4, "f4"),
        f"{norm}/3": np.ones(4, "f4"),
    }
    inner = hdf5({"layers/dense/vars/0": np.arange(12, dtype="f4").reshape(4, 3), **values})
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(
            "config.json",
            json.dumps({"compile_config": {"optimizer": {"class_name": "SGD", "config": {"momentum": 0.9}}}}),
        )
        archive.writestr("model.weights.h5", inner)
    found = told(tmp_path, stream.getvalue())
    assert states(found)["batch_norm_statistics"] == "never_updated"
    assert stated(found)["momentum"] == 0.9


def test_links_to_other_files_are_never_followed(tmp_path):
    h5py = pytest.importorskip("h5py")
    (tmp_path / "secret").write_bytes(np.full(16, np.nan, "f4").tobytes())
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["w"] = np.full((4, 4), np.nan, "f4")
    file = tmp_path / "model.h5"
    with h5py.File(file, "w") as made:
        made["kernel"] = np.arange(16.0).reshape(4, 4)
        made["link"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "/w")
        made.create_dataset("raw", (4, 4), "f4", external=[(str(tmp_path / "secret"), 0, 64)])
    from triage.intake.artifacts import inspect_weights

    found = inspect_weights([file])
    assert states(found)["weights_contain_nan"] == "none"
    assert "1 tensor" in message(found, "weights_contain_nan")
