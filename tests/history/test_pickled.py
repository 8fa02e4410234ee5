import collections
import math
import os
import pickle
import pickletools
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.history.pickled import PickleError, plain_data

PROTOCOLS = range(6)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 70), 1 << 70) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(max_size=4), inner, max_size=5)
        | st.lists(inner, max_size=4).map(tuple)
    ),
    max_leaves=25,
)


@settings(max_examples=200, deadline=None)
@given(content=PLAIN, protocol=st.sampled_from(PROTOCOLS))
def test_plain_data_is_what_pickle_makes_of_it(content, protocol):
    written = pickle.dumps(content, protocol)
    assert plain_data(written) == content
    assert plain_data(pickletools.optimize(written)) == content


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("kind", ["f2", "f4", "f8", ">f4", ">f8", "i1", "i2", "i4", "i8", ">i8", "u1", "u8", "?"])
def test_numbers_and_arrays_of_numpy_are_built_from_their_bytes(protocol, kind):
    array = np.array([0, 1, 3, 7], dtype=kind)
    content = {"array": array, "scalars": list(array), "one": np.array(array[2]), "none": array[:0]}
    assert plain_data(pickle.dumps(content, protocol)) == {
        "array": array.astype(float).tolist(),
        "scalars": array.astype(float).tolist(),
        "one": [float(array[2])],
        "none": [],
    }


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nan_and_infinities_stay_what_they_are(protocol):
    found = plain_data(pickle.dumps([math.nan, np.float32("inf"), np.array([-math.inf, math.nan])], protocol))
    assert math.isnan(found[0])
    assert found[1] == math.inf
    assert found[2][0] == -math.inf
    assert math.isnan(found[2][1])


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_ordered_and_default_dicts_are_dicts(protocol):
    filled = collections.defaultdict(list, loss=[1.0])
    assert plain_data(pickle.dumps([collections.OrderedDict(b=1, a=2), filled], protocol)) == [
        {"b": 1, "a": 2},
        {"loss": [1.0]},
    ]


def test_numpy_1_and_python_2_are_understood():
    python2 = b"(dp1\nS'loss'\np2\n(lp3\nF1.5\naFnan\naI3\nas."
    found = plain_data(python2)
    assert found["loss"][0] == 1.5
    assert math.isnan(found["loss"][1])
    scalar = (
        b"cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(S'f8'\nI0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntbS'"
        + b"".join(b"\\x%02x" % byte for byte in struct.pack("<d", 2.5))
        + b"'\ntR."
    )
    assert plain_data(scalar) == 2.5


class Calls:
    """Pickles as a call of something."""

    def __init__(self, function, *given):
        self.parts = function, given

    def __reduce__(self):
        return self.parts


def touches(path):
    """Pickles that would make a file if anything in them were called."""
    command = f"touch {path}"
    python = f"open({str(path)!r}, 'w')"
    yield from (Calls(os.system, command), Calls(eval, python), Calls(exec, python), Calls(open, str(path), "w"))
    yield from (Calls(subprocess.check_call, ["touch", str(path)]), Calls(Path.touch, path))
    yield from (Calls(np.save, str(path), 1), Calls(np.load, str(path)), Calls(np.fromfile, str(path)))
    yield from (Calls(getattr, Path(path), "touch"), Calls(map, eval, [python]), Calls(__import__, "os"))
    yield from (Calls(np.memmap, str(path), "u1", "w+", 0, (1,)), Calls(np.array, [Calls(os.system, command)]))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_in_a_pickle_is_called(tmp_path, protocol):
    path = tmp_path / "touched"
    for payload in touches(path):
        for content in (payload, {"loss": [1.0, payload]}, [payload] * 2):
            with pytest.raises(PickleError):
                plain_data(pickle.dumps(content, protocol))
            assert not path.exists()


def raw(path):
    command = str(path).encode()
    yield b"cos\nsystem\n(S'touch " + command + b"'\ntR."
    yield b"(S'touch " + command + b"'\nios\nsystem\n."
    yield b"(cos\nsystem\nS'touch " + command + b"'\no."
    yield b"\x80\x02cos\nsystem\nU" + bytes([len(command) + 6]) + b"touch " + command + b"\x85\x81."
    yield b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c" + bytes([len(command) + 6]) + b"touch " + command + b"\x85R."
    yield b"\x80\x04\x8c\x08builtins\x8c\x0egetattr.__call\x93."
    yield b"\x80\x02cnumpy\ndtype\nU\x02O8\x85R."
    yield b"\x80\x02cnumpy\ndtype\ncos\nsystem\nb."
    yield b"cnumpy.core.multiarray\nscalar\n(cos\nsystem\nS'x'\ntR."
    yield b"c_codecs\nencode\n(V\\u0041\nS'rot13'\ntR."
    yield b"ccollections\ndefaultdict\n(cos\nsystem\ntR."
    yield b"Pos.system\n."
    yield b"\x80\x02U\x09os.systemQ."
    yield b"\x82\x01."
    yield b"\x97."


def test_instructions_written_by_hand_call_nothing_either(tmp_path):
    path = tmp_path / "touched"
    for content in raw(path):
        with pytest.raises(PickleError):
            plain_data(content)
        assert not path.exists()


def test_what_it_asks_for_is_named():
    with pytest.raises(PickleError, match=r"asks for 'posix.system'|asks for 'nt.system'"):
        plain_data(pickle.dumps(Calls(os.system, "true")))


@pytest.mark.parametrize(
    "content",
    {
        "nothing": b"",
        "no end": b"\x80\x04]",
        "a memo of two billion": b"\x80\x02Nr\xff\xff\xff\x7f",
        "a memo that is not there": b"\x80\x02h\x05.",
        "four gigabytes": b"\x80\x02X\xff\xff\xff\xffab.",
        "a number of megabytes": b"\x80\x02\x8b\xff\xff\x0f\x00" + b"\x7f" * 0xFFFFF + b".",
        "a number in words": b"Labc\n.",
        "a long number in text": b"I" + b"9" * 100_000 + b"\n.",
        "marks": b"(" * 1_000_000,
        "an empty stack": b"\x80\x020.",
        "a mark": b"\x80\x02(.",
        "a dict of dicts": b"\x80\x02}}Ns.",
        "an odd dict": b"\x80\x02}(Nu.",
        "append to a tuple": b"\x80\x02)Na.",
    }.values(),
    ids=lambda content: repr(content[:12]),
)
def test_broken_pickles_are_refused(content):
    with pytest.raises(PickleError):
        plain_data(content)


def test_lists_in_lists_without_end_do_no_harm():
    depth = 300_000
    found = plain_data(b"]" * depth + b"a" * (depth - 1) + b".")
    assert len(found) == 1


def test_one_array_asked_for_again_and_again_is_bounded():
    head = b"\x80\x02cnumpy.core.numeric\n_frombuffer\nq\x00cnumpy\ndtype\nU\x02u1\x85Rq\x01B\x40\x42\x0f\x00" + bytes(
        1_000_000
    )
    again = b"h\x00(h\x02h\x01(J\x40\x42\x0f\x00tU\x01CtR"
    with pytest.raises(PickleError, match="more numbers"):
        plain_data(head + b"q\x02" + again * 30 + b".")


def test_tuples_that_share_each_other_are_never_written_out():
    shared = b"\x80\x04" + b"]" + b"2\x86" * 200
    with pytest.raises(PickleError, match="no name"):
        plain_data(b"]" + shared + b"\x8c\x01x\x93.")
    assert len(plain_data(b"]" + shared + b".")) == 2


def test_one_text_encoded_again_and_again_is_bounded():
    text = b"\x80\x02c_codecs\nencode\nq\x00X\x40\x42\x0f\x00" + b"a" * 1_000_000 + b"q\x01X\x06\x00\x00\x00latin1q\x02"
    with pytest.raises(PickleError, match="more bytes"):
        plain_data(text + b"h\x00h\x01h\x02\x86R0" * 100 + b"N.")


@settings(max_examples=400, deadline=None)
@given(
    st.binary(max_size=60)
    | st.lists(
        st.sampled_from([bytes([code]) for code in b"()]}ltdaesu.NKIF012bRqhc\x80\x85\x86\x94"]), max_size=30
    ).map(b"".join)
)
def test_any_bytes_are_plain_data_or_refused(content):
    for start in (b"", b"\x80\x04"):
        try:
            plain_data(start + content)
        except PickleError as error:
            assert str(error)  # noqa: PT017
