"""Files made to do harm: nothing of them may run, and none may take the memory or the time of the reader."""

import io
import pickle
import struct
import sys
import time
import tracemalloc
import zipfile

import numpy as np
import pytest

from tests.intake.artifacts.making import Pickled, network, refusal, told, torch_zip
from triage.errors import IntakeError
from triage.intake.artifacts import inspect_weights

RAN = []


class Touching:
    """What a payload would call if any did run: it leaves a trace."""

    def __init__(self, *said):
        RAN.append(said)

    def __setstate__(self, state):
        RAN.append(state)


def trap(*said):
    RAN.append(said)


@pytest.fixture(autouse=True)
def _nothing_ran():
    RAN.clear()
    before = set(sys.modules)
    yield
    assert RAN == []
    assert not {"antigravity", "this"} & (set(sys.modules) - before)


HERE = __name__.encode()
REBUILD = b"ctorch._tensor\n_rebuild_from_type_v2\n"


def payloads(path):
    """Name -> a pickle, and whether it is refused for what it names."""
    text = f"touch {path}/ran".encode()
    command = b"X" + struct.pack("<I", len(text)) + text
    called = b"\ntrap\nX\x08\0\0\0__call__tR" + command + b"\x85R."
    return {
        "os.system": (b"\x80\x02cos\nsystem\n(" + command + b"tR.", True),
        "posix.system": (b"\x80\x02cposix\nsystem\n" + command + b"\x85R.", True),
        "builtins.eval by the stack": (b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93" + command + b"\x85R.", True),
        "exec from Python 2": (b"c__builtin__\nexecfile\n(" + command + b"tR.", True),
        "subprocess by INST": (b"(" + command + b"isubprocess\ncall\n.", True),
        "subprocess by OBJ": (b"\x80\x02(csubprocess\nPopen\n" + command + b"o.", True),
        "nested pickle": (b"\x80\x02c_pickle\nloads\n(" + command + b"tR.", True),
        "importlib": (b"\x80\x02cimportlib\nimport_module\n(X\x04\0\0\0thistR.", True),
        "names in the memo": (b"\x80\x02cos\nsystem\nq\x000h\0" + command + b"\x85R.", True),
        "submodule": (b"\x80\x02cos.path\nos.system\n(" + command + b"tR.", True),
        "a function here": (b"\x80\x02c" + HERE + b"\ntrap\n(" + command + b"tR.", False),
        "a class here": (b"\x80\x02c" + HERE + b"\nTouching\n)\x81}X\x01\0\0\0aK\x01sb.", False),
        "a class here with arguments": (b"\x80\x04c" + HERE + b"\nTouching\n" + command + b"\x85}\x92.", False),
        "importing by a name": (b"\x80\x02cantigravity\nfly\n)R.", False),
        "getattr": (b"\x80\x02c__builtin__\ngetattr\n(c" + HERE + called, False),
        "an extension": (b"\x80\x02\x82\x01.", False),
        "state of a tensor": (b"\x80\x02" + REBUILD + b"(cos\nsystem\nN(" + command + b"tNtR.", True),
        "a hook": (b"\x80\x02" + REBUILD + b"(c" + HERE + b"\ntrap\nN)NtR.", False),
    }  # fmt: skip


@pytest.mark.parametrize("name", payloads("x"))
def test_a_payload_is_refused_and_never_runs(tmp_path, name):
    body, by_name = payloads(tmp_path)[name]
    for content in (torch_zip(pickled=body), body if body[:1] == b"\x80" else b"\x80\x02" + body):
        said = refusal(tmp_path, content)
        assert not by_name or "stranger" in said
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "name", [name for name, (_, by_name) in payloads("x").items() if not by_name and name != "an extension"]
)
def test_a_payload_beside_sound_weights_never_runs(tmp_path, name):
    writer = Pickled()
    weights = writer.value(network())
    body = payloads(tmp_path)[name][0]
    inner = body[2:-1]
    content = torch_zip(
        pickled=b"\x80\x04}(" + writer.value("w") + weights + writer.value("evil") + inner + b"u.", arrays=writer.arrays
    )
    assert told(tmp_path, content).found
    assert not (tmp_path / "ran").exists()


def test_the_traps_would_have_been_noticed(tmp_path):
    body = payloads(tmp_path)["a function here"][0]
    pickle.loads(body)
    pickle.loads(payloads(tmp_path)["os.system"][0])
    assert RAN
    assert (tmp_path / "ran").exists()
    RAN.clear()


BOMBS = {
    "lists in lists": b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b".",
    "tuples in tuples as a key": b"\x80\x02})" + b"\x85" * 150_000 + b"K\x01s.",
    "twice itself": b"\x80\x02]" + b"q\x00](h\x00h\x00e" * 200 + b".",
    "twice itself as a tuple": b"\x80\x02)" + b"2\x86" * 5000 + b"}\x86.",
    "a list in itself": b"\x80\x02]q\x00h\x00a.",
    "a far place in the memo": b"\x80\x02]r\xff\xff\xff\xff.",
    "a number of many digits": b"\x80\x02I" + b"9" * 100_000 + b"\n.",
    "a long number": b"\x80\x02\x8b\xff\xff\xff\x7f.",
    "bytes that are not there": b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",
    "text that is not there": b"\x80\x02X\xff\xff\xff\x7f.",
    "a frame that is not there": b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f.",
    "nothing on the stack": b"\x80\x02.",
    "a mark at the end": b"\x80\x02(.",
    "a call of nothing": b"\x80\x02NNR.",
    "a dict of a list as a key": b"\x80\x02}]K\x01s.",
    "odd entries": b"\x80\x02}(K\x01u.",
    "a storage that is none": b"\x80\x02K\x01Q.",
    "a reference by text": b"\x80\x02Pstorage\n.",
    "no end": b"\x80\x02]",
    "an unknown instruction": b"\x80\x02\xff.",
    "objects without end": b"\x80\x02cany\nThing\n)R" + b"}b" * 50_000 + b".",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(tmp_path, name):
    start = time.perf_counter()
    for content in (torch_zip(pickled=BOMBS[name]), BOMBS[name]):
        assert "expected" in refusal(tmp_path, content)
    assert time.perf_counter() - start < 20


def test_a_name_of_a_megabyte_on_every_tensor_takes_no_memory(tmp_path):
    writer = Pickled()
    array = np.ones((2, 2), "f4")
    long = "n" * 1_000_000
    tensor = writer.tensor(array)
    entries = b"".join(writer.value(f"{place}") + b"h\x01" for place in range(2000))
    body = b"\x80\x02}" + writer.value(long) + tensor + b"q\x01}(" + entries + b"us."
    body = b"\x80\x02" + tensor + b"q\x010}" + writer.value(long) + b"}(" + entries + b"us."
    tracemalloc.start()
    found = told(tmp_path, torch_zip(pickled=body, arrays=writer.arrays))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert all(len(shown.place.words) <= 120 and len(shown.message) < 400 for shown in found.found)
    assert peak < 60e6


def archive(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


@pytest.mark.parametrize("name", ["../evil.npy", "/etc/evil.npy", "a/../../evil.npy", "C:\\evil.npy", "..\\evil.npy"])
def test_names_that_lead_out_of_the_archive_are_refused(tmp_path, name):
    assert "inside of the archive" in refusal(tmp_path, archive(**{name: b"x"}))
    assert list(tmp_path.iterdir()) == [tmp_path / "file0.bin"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice_is_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("a.npy", b"1")
        made.writestr("a.npy", b"2")
    assert "twice" in refusal(tmp_path, stream.getvalue())


def test_an_archive_that_expands_a_thousandfold_is_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for place in range(3):
            made.writestr(f"a{place}.npy", bytes(1 << 20))
    content = bytearray(stream.getvalue())
    at = 0
    while (at := content.find(b"PK\x01\x02", at + 1)) > 0:
        content[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0)
    assert "expands" in refusal(tmp_path, bytes(content))


def test_members_that_share_their_bytes_are_refused(tmp_path):
    content = bytearray(torch_zip(network()))
    first = content.find(b"PK\x01\x02")
    second = content.find(b"PK\x01\x02", first + 1)
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    assert "inside another" in refusal(tmp_path, bytes(content))


def test_a_size_that_lies_is_refused(tmp_path):
    content = bytearray(torch_zip(network()))
    at = content.find(b"PK\x01\x02")
    content[at + 20 : at + 28] = struct.pack("<2I", 0x7FFFFFFF, 0x7FFFFFFF)
    assert "expected" in refusal(tmp_path, bytes(content))


def test_an_encrypted_member_is_refused(tmp_path):
    content = bytearray(torch_zip(network()))
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    assert "encrypted" in refusal(tmp_path, bytes(content))


def test_a_list_of_members_of_gigabytes_is_not_read(tmp_path):
    content = bytearray(torch_zip(network()))
    at = content.rfind(b"PK\x05\x06")
    content[at + 12 : at + 16] = struct.pack("<I", 0x7FFFFFFF)
    assert "list of members" in refusal(tmp_path, bytes(content))


def test_storages_that_are_compressed_are_refused(tmp_path):
    assert "compressed" in refusal(tmp_path, torch_zip(network(), compression=zipfile.ZIP_DEFLATED))


def test_a_pickle_inside_an_array_is_never_read(tmp_path):
    array = np.array([Touching.__new__(Touching)], dtype=object)
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    assert "never unpickled" in refusal(tmp_path, stream.getvalue())
    stream = io.BytesIO()
    np.savez(stream, w=np.ones((2, 2)), evil=array)
    assert any("'evil'" in note for note in told(tmp_path, stream.getvalue()).notes)


def test_what_is_no_file_is_refused(tmp_path):
    for path in (tmp_path, tmp_path / "none", "/dev/zero", "a\0b"):
        with pytest.raises(IntakeError, match="expected a file"):
            inspect_weights([path])
    with pytest.raises(IntakeError, match="found no file"):
        inspect_weights([])
