"""Bytes of small files of weights, written here by hand so that no library has to be there."""

import io
import json
import pickle
import struct
import zipfile
from functools import lru_cache

import numpy as np
import pytest

from knowledge import load
from triage.errors import IntakeError
from triage.intake.artifacts import inspect_data, inspect_weights

TYPES = {"f4": "F32", "f8": "F64", "f2": "F16", "i8": "I64", "u1": "U8", "i4": "I32", "b1": "BOOL"}
STORAGES = {"f4": "FloatStorage", "f8": "DoubleStorage", "f2": "HalfStorage", "i8": "LongStorage", "u1": "ByteStorage"}


def safetensors(arrays, metadata=None, raw=None):
    """``arrays``: name -> array, or (type, shape, bytes)."""
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, array in arrays.items():
        if isinstance(array, tuple):
            kind, shape, content = array
        else:
            kind, shape, content = TYPES[array.dtype.str[1:]], list(array.shape), array.tobytes()
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = raw if raw is not None else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


class Pickled:
    """Writes pickles of protocol 2 as torch.save does."""

    def __init__(self):
        self.arrays = []
        self.old = False

    def value(self, value):
        """The instructions that make a value."""
        if isinstance(value, np.ndarray):
            return self.tensor(value)
        if isinstance(value, dict):
            inner = b"".join(self.value(key) + self.value(below) for key, below in value.items())
            return b"ccollections\nOrderedDict\n)R(" + inner + b"u"
        if isinstance(value, list):
            return b"](" + b"".join(map(self.value, value)) + b"e"
        if isinstance(value, tuple):
            return b"(" + b"".join(map(self.value, value)) + b"t"
        if isinstance(value, bytes):
            return value
        return pickle.dumps(value, protocol=2)[2:-1]

    def tensor(self, array, shape=None, strides=None, offset=0, count=None, key=None):
        """A tensor over a storage of its own."""
        if key is None:
            key = str(len(self.arrays))
            self.arrays.append(array)
        shape = array.shape if shape is None else shape
        strides = tuple(step // array.itemsize for step in array.strides) if strides is None else strides
        storage = (
            b"(" + self.value("storage") + b"ctorch\n" + STORAGES[array.dtype.str[1:]].encode() + b"\n"
            + self.value(key) + self.value("cpu") + self.value(array.size if count is None else count)
            + (b"N" if self.old else b"") + b"tQ"
        )  # fmt: skip
        rest = self.value(offset) + self.value(tuple(shape)) + self.value(tuple(strides))
        return b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + rest + b"\x89ccollections\nOrderedDict\n)RtR"


def torch_zip(value=None, *, pickled=None, arrays=(), order="little", extra=(), compression=zipfile.ZIP_STORED):
    """A checkpoint as PyTorch writes it since 1.6; ``pickled`` takes the place of the structure."""
    writer = Pickled()
    writer.arrays = list(arrays)
    body = pickled if pickled is not None else b"\x80\x02" + writer.value(value) + b"."
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        archive.writestr("archive/data.pkl", body)
        archive.writestr("archive/byteorder", order)
        for place, array in enumerate(writer.arrays):
            archive.writestr(f"archive/data/{place}", array.tobytes())
        archive.writestr("archive/version", "3\n")
        for name, content in extra:
            archive.writestr(name, content)
    return stream.getvalue()


def torch_old(value):
    """A checkpoint as PyTorch wrote it before 1.6."""
    writer = Pickled()
    writer.old = True
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    parts = [pickle.dumps(part, protocol=2) for part in (0x1950A86A20F9469CFC6C, 1001, system)]
    body = b"\x80\x02" + writer.value(value) + b"."
    keys = pickle.dumps([str(place) for place in range(len(writer.arrays))], protocol=2)
    storages = b"".join(struct.pack("<q", array.size) + array.tobytes() for array in writer.arrays)
    return b"".join(parts) + body + keys + storages


def network(seed=0, scale=1.0):
    """Weights of a small convolutional network with one batch norm."""
    draw = np.random.default_rng(seed)
    shapes = {"conv1.weight": (8, 3, 3, 3), "conv1.bias": (8,), "conv2.weight": (8, 8, 3, 3), "fc.weight": (4, 8)}
    weights = {name: (scale * draw.standard_normal(shape)).astype("f4") for name, shape in shapes.items()}
    weights["bn.running_mean"] = draw.standard_normal(8).astype("f4")
    weights["bn.running_var"] = draw.uniform(0.5, 2.0, 8).astype("f4")
    weights["bn.num_batches_tracked"] = np.asarray(100)
    return weights


def adam(weights, square=1e-4, **group):
    """State of an Adam over some weights."""
    state = {
        place: {"step": 5.0, "exp_avg": np.zeros_like(array), "exp_avg_sq": np.full_like(array, square)}
        for place, array in enumerate(weights.values())
        if array.dtype.kind == "f"
    }
    settings = {"lr": 1e-4, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01, "amsgrad": False, **group}
    return {"state": state, "param_groups": [{**settings, "params": list(range(len(weights)))}]}


def told(tmp_path, *contents, suffix=".bin", reader=inspect_weights):
    """What some bytes tell, each in a file of its own."""
    files = []
    for place, content in enumerate(contents):
        files.append(tmp_path / f"file{place}{suffix}")
        files[-1].write_bytes(content)
    return known(reader(files))


def data_told(tmp_path, **contents):
    """What files of data tell: name without its ending -> text of a CSV, or bytes."""
    files = []
    for name, content in contents.items():
        files.append(tmp_path / f"{name}.csv")
        files[-1].write_bytes(content.encode() if isinstance(content, str) else content)
    return known(inspect_data(files))


def known(found):
    """The same, after a look at whether the knowledge has all that is said."""
    findings = knowledge().findings
    for shown in found.found:
        assert shown.likelihood.keys() <= findings[shown.finding].states.keys()
        assert 0.0 < sum(shown.likelihood.values()) <= 1.0
        assert shown.message.endswith(".")
        assert shown.place.file not in shown.message
    return found


@lru_cache(maxsize=1)
def knowledge():
    return load()


def refusal(tmp_path, content, reader=inspect_weights):
    """The one line with which some bytes are refused."""
    with pytest.raises(IntakeError) as raised:
        told(tmp_path, content, reader=reader)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def states(found):
    """Finding -> the state that fits best."""
    return {shown.finding: shown.state for shown in found.found}


def stated(found):
    """Name -> value."""
    return {value.name: value.value for value in found.stated}


def message(found, finding):
    """What is said of a finding."""
    return next(shown.message for shown in found.found if shown.finding == finding)
