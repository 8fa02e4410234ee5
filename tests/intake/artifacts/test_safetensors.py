import json

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.intake.artifacts.making import message, network, refusal, safetensors, states, told

SOUND = {"a.weight": np.arange(1, 7, dtype="f4").reshape(2, 3), "b": np.ones(4, dtype="f4")}


def entry(first, last):
    return {"dtype": "F32", "shape": [2], "data_offsets": [first, last]}


def test_sound_weights_hold_no_nan(tmp_path):
    found = told(tmp_path, safetensors(SOUND))
    assert states(found)["weights_contain_nan"] == "none"
    assert "2 tensors" in message(found, "weights_contain_nan")


def test_the_tensor_and_the_count_of_nan_are_named_and_the_file_is_the_place(tmp_path):
    weights = network()
    weights["conv2.weight"][0, :2] = np.nan
    found = told(tmp_path, safetensors(weights))
    shown = next(shown for shown in found.found if shown.finding == "weights_contain_nan")
    assert shown.state == "some_layers"
    assert "conv2.weight in 18 of 576 numbers" in shown.message
    assert shown.place.words == "conv2.weight"
    assert shown.place.file.endswith("file0.bin")


@pytest.mark.parametrize(
    ("kind", "broken"),
    [
        ("F64", np.array([1, np.nan]).tobytes()),
        ("F32", np.array([1, np.inf], "f4").tobytes()),
        ("F16", np.array([1, -np.inf], "f2").tobytes()),
        ("BF16", b"\x80\x3f\xc0\x7f"),
        ("F8_E4M3", b"\x38\x7f"),
        ("F8_E5M2", b"\x3c\x7c"),
    ],
)
def test_every_type_of_float_is_looked_into(tmp_path, kind, broken):
    found = told(tmp_path, safetensors({"w": (kind, (2,), broken)}))
    assert "in 1 of 2 numbers" in message(found, "weights_contain_nan")


@given(st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=12), st.booleans())
@example([0x0001, 0x83FF, 0x0400, 0x7BFF, 0xFBFF], False)
def test_halves_are_told_of_as_the_same_numbers_in_full_are(tmp_path_factory, bits, is_constant):
    halves = np.array(bits[:1] * 4 if is_constant else bits, "u2").view("f2").reshape(1, -1)
    folder = tmp_path_factory.mktemp("halves")
    short, full = (told(folder, safetensors({"w.weight": halves.astype(kind)})) for kind in ("f2", "f4"))
    assert [(one.finding, one.likelihood, one.message) for one in short.found] == [
        (one.finding, one.likelihood, one.message) for one in full.found
    ]
    assert short.notes == full.notes


def test_eight_bit_floats_have_the_values_of_their_standard(tmp_path):
    content = bytes([0x7E, 0x7E])
    found = told(tmp_path, safetensors({"w": ("F8_E4M3", (1, 2), content), "v": ("F8_E5M2", (2,), b"\x7b\x7b")}))
    assert any("57344" in note or "5.734e+04" in note for note in found.notes)


def test_whole_numbers_are_never_nan_and_types_of_other_sizes_are_noted(tmp_path):
    content = safetensors({"w": SOUND["b"], "i": np.arange(3), "flag": np.ones(2, bool), "odd": ("F4", (4,), b"\0\0")})
    found = told(tmp_path, content)
    assert "1 tensor is NaN" in message(found, "weights_contain_nan")
    assert any("not looked into" in note for note in found.notes)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ({"a": entry(0, 8), "b": entry(4, 12)}, "overlap"),
        ({"a": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}, "gap"),
        ({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}, "header says"),
        ({"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 16]}}, "to fill"),
        ({"a": {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 16]}}, "to fill"),
        ({"a": {"dtype": "F32", "shape": [-4], "data_offsets": [0, 16]}}, "shape"),
        ({"a": {"dtype": "F32", "shape": [4], "data_offsets": [16, 0]}}, "in order"),
        ({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16.0]}}, "offsets"),
        ({"a": {"dtype": "F33", "shape": [4], "data_offsets": [0, 16]}}, "type of number"),
        ({"a": {"dtype": ["F32"], "shape": [4], "data_offsets": [0, 16]}}, "type of number"),
        ({"a": 3}, "offsets"),
        ([], "names tensors"),
    ],
)  # fmt: skip
def test_a_header_that_lies_is_refused(tmp_path, header, expected):
    text = json.dumps(header).encode()
    content = safetensors({}, raw=text) + bytes(16)
    if not text.startswith(b"{"):
        content = content.replace(b"[]", b"{]")
        expected = "JSON"
    assert expected in refusal(tmp_path, content)


@pytest.mark.parametrize(
    "text", [b'{"a":1,"a":2}', b'{"a":NaN}', b"{" * 100_000, b'{"a":' * 50_000, b'{"\xff":1}', b"{1" + b"9" * 9000]
)
def test_a_header_that_is_no_strict_json_is_refused(tmp_path, text):
    assert "JSON" in refusal(tmp_path, safetensors({}, raw=text))


def test_a_file_that_is_cut_off_is_refused(tmp_path):
    content = safetensors(SOUND)
    for end in (9, 40, len(content) - 1):
        assert "expected" in refusal(tmp_path, content[:end])


def test_a_header_of_many_gigabytes_is_not_read(tmp_path):
    assert "header of at most" in refusal(tmp_path, b"\xff\xff\xff\xff\x07\0\0\0{" + bytes(20))


def test_pieces_of_one_checkpoint_are_read_as_one(tmp_path):
    files = [tmp_path / f"model-0000{place}-of-00002.safetensors" for place in (1, 2)]
    for file, name in zip(files, SOUND, strict=True):
        file.write_bytes(safetensors({name: SOUND[name]}))
    from triage.intake.artifacts import inspect_weights

    assert "2 tensors" in message(inspect_weights(files), "weights_contain_nan")
    assert any("Not all files" in note for note in inspect_weights(files[:1]).notes)
