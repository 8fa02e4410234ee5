"""Whatever a file holds: a sound history or an error of one line, in bounded time and memory.

More examples than the suite takes: ``TRIAGE_FUZZ=20000 pytest tests/history/test_any_bytes.py``.
"""

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import random
import re
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.history import event_files, test_mlflow_sqlite, test_wandb_log
from tests.history.files import cells
from tests.history.outcomes import is_history_or_refusal
from triage.history import HistoryError, read_history
from triage.history.formats import FORMATS

EXAMPLES = int(os.environ.get("TRIAGE_FUZZ", "0"))
MOST_MEMORY = 1 << 30
PATIENCE = 60

TEXTS = {known.name: (known.example + "\n").encode() * 3 for known in FORMATS if re.search(r"\s|[{]", known.example)}


def database(folder):
    path = test_mlflow_sqlite.store(
        folder / "mlflow.db",
        test_mlflow_sqlite.runs((test_mlflow_sqlite.FIRST, "calm-sea-1", "active")),
        test_mlflow_sqlite.logged(test_mlflow_sqlite.FIRST, *(("loss", 3.0 - step, step, 0) for step in range(3))),
    )
    return path.read_bytes()


def binaries(folder):
    losses = {"loss": [3.0, 2.0, 1.0], "val_loss": [3.5, 2.5, float("nan")]}
    rows = [{"_step": step, "loss": 3.0 - step} for step in range(3)]
    return {
        "events": event_files.file_of(*(event_files.scalar("loss", step, 3.0 - step) for step in range(5))),
        "wandb": test_wandb_log.file_of(*map(test_wandb_log.history_record, rows)),
        "database": database(folder),
        **{f"pickle {protocol}": pickle.dumps(losses, protocol) for protocol in (0, 2, 5)},
        "gzip": gzip.compress(TEXTS["CSV or TSV"]),
        "bzip2": bz2.compress(TEXTS["CSV or TSV"]),
        "xz": lzma.compress(TEXTS["CSV or TSV"]),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("any")


@pytest.fixture(scope="module")
def samples(folder):
    return {**TEXTS, **binaries(folder)}


NAMES = sorted([*TEXTS, "events", "wandb", "database", "pickle 0", "pickle 2", "pickle 5", "gzip", "bzip2", "xz"])

BITS = (
    b"\0", b"\n", b"\r", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"nan", b"-inf", b"1e400", b"-", b"1" * 400,
    b"9" * 5000, b'"', b"{", b"[" * 2000, b"}", b"null", b"true", b",", b"\t", b"|", b":", b"=", b"%", b"(", b"\\ud800",
    b"1e308", b"-1e308", b"1.8e308", b"999999999999999999999", b"\xe2\x80\xa8", b"\x1b[31m", b"loss", b"step", b"epoch",
)  # fmt: skip
"""What is put into a file somewhere."""

CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["cut", "insert", "replace", "flip", "repeat", "drop", "splice"]),
        st.floats(0, 1),
        st.floats(0, 1),
        st.sampled_from(BITS),
        st.integers(1, 255),
    ),
    min_size=1,
    max_size=4,
)


def changed(raw, changes, other):
    for how, at, length, bits, flip in changes:
        place = int(at * len(raw))
        end = place + int(length * min(len(raw) - place, 200))
        match how:
            case "cut":
                raw = raw[:place]
            case "insert":
                raw = raw[:place] + bits + raw[place:]
            case "replace":
                raw = raw[:place] + bits + raw[end:]
            case "flip":
                raw = raw[:place] + bytes(byte ^ flip for byte in raw[place : place + 1]) + raw[place + 1 :]
            case "repeat":
                raw = raw[:end] + raw[place:end] * 20 + raw[end:]
            case "drop":
                raw = raw[:place] + raw[end:]
            case _:
                raw = raw[:place] + other[int(length * len(other)) :]
    return raw


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=EXAMPLES or 25, suppress_health_check=list(HealthCheck))
@given(changes=CHANGES, other=st.sampled_from(NAMES))
def test_a_damaged_file_of_any_format_is_a_history_or_one_line(folder, samples, name, changes, other):
    path = folder / "damaged"
    path.write_bytes(changed(samples[name], changes, samples[other]))
    assert is_history_or_refusal(path)


@settings(max_examples=EXAMPLES or 100)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_history_or_one_line(folder, raw):
    path = folder / "any"
    path.write_bytes(raw)
    assert is_history_or_refusal(path)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "MLflow metric file"])  # named by its file
def test_a_file_reads_the_same_from_standard_input_and_compressed(folder, samples, name, monkeypatch):
    path = folder / "whole"
    path.write_bytes(samples[name])
    expected = outcome_of(path)
    packed = folder / "packed.gz"
    packed.write_bytes(gzip.compress(samples[name]))
    if name not in ("gzip", "bzip2", "xz"):
        assert outcome_of(packed) == expected
    end, start = os.pipe()
    os.write(start, samples[name])
    os.close(start)
    with os.fdopen(end, "rb") as pipe:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(pipe))
        assert outcome_of("-") == expected


def outcome_of(path):
    """The columns of the history with their values, or the reason of the refusal."""
    try:
        history = read_history(path)
    except HistoryError as error:
        return error.reason
    return history.step.tolist(), {name: cells(history, name) for name in history.series}


def bomb(packer):
    block = bytes(1 << 20)
    return b"".join([*(packer.compress(block) for _ in range(100)), packer.flush()])


def noise(size):
    return random.Random(7).randbytes(size)


MEGA = 1_000_000

HORRORS = {
    "zeros": lambda: bytes(9 * MEGA),
    "brackets": lambda: b"[" * 9 * MEGA,
    "braces": lambda: b'{"a":' * 2 * MEGA,
    "objects of one line": lambda: b'[{"loss":1,"step":1},' * 400_000,
    "lists of one line": lambda: b'{"loss":[' + b"1," * MEGA + b"1]}",
    "names": lambda: json.dumps({f"loss {number}": [number] for number in range(50_000)}).encode(),
    "rows with names of their own": lambda: b"".join(b'{"step":%d,"loss %d":1}\n' % (at, at) for at in range(200_000)),
    "one line": lambda: b"7" * 100 * MEGA,
    "one line behind a header": lambda: b"step,loss\n" + b"7" * 9 * MEGA,
    "columns": lambda: b"a," * 4 * MEGA + b"\n",
    "columns with a row": lambda: b"loss," * 30_000 + b"\n" + b"1," * 30_000 + b"\n",
    "commas": lambda: b"step,loss\n" + b"," * 900_000 + b"\n" + b"1,2\n" * 10,
    "quotes": lambda: b'step,loss\n"' + b'1,2\n"' * 600_000,
    "empty lines": lambda: b"\n" * 9 * MEGA,
    "returns": lambda: b"\r" * 9 * MEGA,
    "spaces": lambda: b"loss: 1 " + b" " * 900_000 + b"\n" + b"loss 2 \t" * 100_000 + b"\n",
    "pairs on a line": lambda: b"epoch 1 " + b"loss: 0.5 " * 90_000 + b"\n" + b"epoch 2 " + b"loss: 0.5 " * 90_000,
    "equals": lambda: b"loss=" * 1_800_000,
    "bars": lambda: b"epoch 1: 50%|" + "█".encode() * 300_000 + b"| 1/2 [00:10<00:00, loss=0.5]\n" * 3,
    "points": lambda: b"1." * 4 * MEGA,
    "digits": lambda: b"step,loss\n" + (b"1" * 900_000 + b",1\n") * 9,
    "pipes": lambda: b"|" * 9 * MEGA,
    "dashes": lambda: b"-" * 800_000 + b"\n" + b"| loss | 1 |\n" * 200_000,
    "noise": lambda: noise(9 * MEGA),
    "noise behind a mark of sqlite": lambda: b"SQLite format 3\0" + noise(9 * MEGA),
    "noise behind a mark of pickle": lambda: b"\x80\x04\x95" + noise(9 * MEGA),
    "noise behind a mark of W&B": lambda: b":W&B\xe1\xbe\x00" + noise(9 * MEGA),
    "zeros behind a mark of W&B": lambda: b":W&B\xe1\xbe\x00" + bytes(9 * MEGA),
    "noise behind an event": lambda: event_files.HEAD + noise(9 * MEGA),
    "an event of exabytes": lambda: event_files.HEAD + b"\xff" * 9 * MEGA,
    "small events": lambda: event_files.HEAD + event_files.scalar("loss", 1, 1.0) * 150_000,
    "tags": lambda: event_files.file_of(*(event_files.scalar(f"loss {tag}", tag, 1.0) for tag in range(60_000))),
    "marks of a pickle": lambda: b"\x80\x04" + b"(" * 3 * MEGA + b".",
    "a pickle of nothing but memory": lambda: b"\x80\x04" + b"]r\xff\xff\xff\x7f" * 1_500_000 + b".",
    "a pickle of lists in lists": lambda: b"\x80\x04" + b"]" * 2 * MEGA + b"a" * (2 * MEGA - 1) + b".",
    "gzip bomb": lambda: bomb(zlib.compressobj(9, wbits=31)),
    "bzip2 bomb": lambda: bomb(bz2.BZ2Compressor(9)),
    "xz bomb": lambda: bomb(lzma.LZMACompressor(preset=0)),
    "gzip bomb of rows": lambda: gzip.compress(b"step,loss\n" + b"1,2\n" * 20 * MEGA, 9),
    "gzip in gzip": lambda: gzip.compress(gzip.compress(bytes(99 * MEGA), 9), 9),
    "pointer": lambda: b"version https://git-lfs.github.com/spec/v1\n" * 200_000,
    "metric file": lambda: b"1664364007310 1 1\n" * 200_000,
    "metric file of digits": lambda: b"1664364007310 " + b"1" * 900_000 + b"\n",
    "llm.c": lambda: b"s:1 trl:" * MEGA,
    "caffe": lambda: b"I0312 10:15:03.123456  4242 solver.cpp:228] Iteration 1, loss = " * 130_000,
    "trainer state": lambda: b'{"log_history": [' + b'{"loss": 1, "step": 1},' * 350_000,
    "wide": lambda: ("loss\n" + "1\n" * MEGA).encode("utf-32"),
}  # fmt: skip
"""Files that were made to be hard on some reader."""

CHILD = """
import json, resource, sys, time
from pathlib import Path
from triage.history import HistoryError, read_history
import triage.history.formats, numpy, pandas
pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc/self/statm").exists() else 0
if pages:
    limit = pages * resource.getpagesize() + int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
for path in sys.argv[2:]:
    began = time.monotonic()
    try:
        read_history(path)
        outcome = "read"
    except HistoryError as error:
        outcome = "refused" if "\\n" not in str(error) else "several lines"
    except BaseException as error:
        outcome = f"{type(error).__name__}: {error}"
    print(json.dumps([path, outcome, time.monotonic() - began]), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="memory cannot be limited there")
@pytest.mark.parametrize("part", range(4))
def test_files_that_are_made_to_do_harm_are_read_or_refused_in_bounded_time_and_memory(tmp_path, part):
    chosen = list(HORRORS)[part::4]
    paths = []
    for number, name in enumerate(chosen):
        paths.append(tmp_path / f"{number}")
        paths[-1].write_bytes(HORRORS[name]())
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(MOST_MEMORY), *map(str, paths)],
        capture_output=True,
        timeout=PATIENCE * len(paths),
        check=False,
        cwd=Path(__file__).parents[2],
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    told = {chosen[int(Path(path).name)]: outcome for path, outcome, _ in found}
    if os.environ.get("TRIAGE_FUZZ"):
        print(
            *sorted(((seconds, chosen[int(Path(path).name)], how) for path, how, seconds in found), reverse=True),
            sep="\n",
        )
    assert told == {name: told.get(name) for name in chosen}, done.stderr.decode()[-2000:]
    assert set(told.values()) <= {"read", "refused"}, told
