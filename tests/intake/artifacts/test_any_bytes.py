"""Whatever stands in a file: it is read, or refused in one line."""

import io

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.artifacts.making import adam, network, safetensors, torch_old, torch_zip
from triage.errors import IntakeError
from triage.intake.artifacts import inspect_data, inspect_weights
from triage.intake.found import Told

WEIGHTS = network()
CHECKPOINT = {"model": WEIGHTS, "optimizer": adam(WEIGHTS), "epoch": 3}


def npz():
    stream = io.BytesIO()
    np.savez_compressed(stream, x_train=np.random.default_rng(0).standard_normal((60, 4)), y_train=np.arange(60) % 3)
    return stream.getvalue()


def npy():
    stream = io.BytesIO()
    np.save(stream, np.arange(24.0).reshape(6, 4))
    return stream.getvalue()


SOUND = {
    "safetensors": safetensors(WEIGHTS),
    "zip": torch_zip(CHECKPOINT),
    "old": torch_old(CHECKPOINT),
    "npz": npz(),
    "npy": npy(),
    "csv": b"a,b,label\n" + b"1.5,2,0\n-3,4e3,1\n" * 30,
}
STARTS = [
    b"",
    b"\x80\x02",
    b"\x80\x04",
    b"PK\x03\x04",
    b"\x93NUMPY\x01\x00",
    b"a,b\n",
    b"\x10\0\0\0\0\0\0\0{",
    b'"',
    b"\xff\xfe",
]
some = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_or_refused(tmp_path, content):
    file = tmp_path / "file"
    file.write_bytes(content)
    for reader in (inspect_weights, inspect_data):
        said = outcome(reader, file)
        assert isinstance(said, Told) or len(said.splitlines()) == 1


def outcome(reader, file):
    """What was told, or the words of the refusal; nothing else is caught."""
    try:
        return reader([file])
    except IntakeError as error:
        return str(error)


@some
@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=400))
def test_any_bytes(tmp_path, start, rest):
    read_or_refused(tmp_path, start + rest)


@some
@given(text=st.text(max_size=200))
def test_any_text(tmp_path, text):
    read_or_refused(tmp_path, text.encode("utf-8", errors="surrogatepass"))


@some
@given(
    rows=st.lists(
        st.lists(
            st.sampled_from(["", "1", "-2.5", "x", '"', "nan", "inf", "1e999", " ", "é", "\r", "label"]), max_size=5
        ),
        max_size=8,
    ),
    mark=st.sampled_from(",;\t| "),
)
def test_any_cells(tmp_path, rows, mark):
    read_or_refused(tmp_path, "\n".join(mark.join(row) for row in rows).encode())


@pytest.mark.parametrize("name", SOUND)
@some
@given(data=st.data())
def test_a_sound_file_cut_off_anywhere(tmp_path, name, data):
    content = SOUND[name]
    read_or_refused(tmp_path, content[: data.draw(st.integers(0, len(content)))])


@pytest.mark.parametrize("name", SOUND)
@some
@given(data=st.data())
def test_a_sound_file_with_some_bytes_changed(tmp_path, name, data):
    content = bytearray(SOUND[name])
    for place, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), min_size=1, max_size=6)
    ):
        content[place] = byte
    read_or_refused(tmp_path, bytes(content))


INSTRUCTIONS = [bytes([code]) for code in range(256)] + [
    b"ctorch._utils\n_rebuild_tensor_v2\n", b"ccollections\nOrderedDict\n", b"ctorch\nFloatStorage\n",
    b"X\x07\0\0\0storage", b"X\x01\0\0\0" + b"0", b"K\x01", b"(", b"t", b"R", b"}", b"]", b"Q", b"q\x00", b"h\x00",
    b"ctorch._tensor\n_rebuild_from_type_v2\n", b"ctorch._utils\n_rebuild_parameter\n", b"\x85", b"\x86", b"\x87",
]  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(st.sampled_from(INSTRUCTIONS), max_size=60))
def test_any_instructions_of_a_pickle(tmp_path, body):
    array = np.ones(2, "f4")
    read_or_refused(tmp_path, torch_zip(pickled=b"\x80\x02" + b"".join(body) + b".", arrays=[array]))


@pytest.mark.parametrize("name", ["safetensors", "zip", "old"])
def test_a_sound_file_is_read(tmp_path, name):
    (tmp_path / "file").write_bytes(SOUND[name])
    assert inspect_weights([tmp_path / "file"]).found


@pytest.mark.parametrize("name", ["npz", "npy", "csv"])
def test_sound_data_are_read(tmp_path, name):
    (tmp_path / "file").write_bytes(SOUND[name])
    assert inspect_data([tmp_path / "file"]).found
