import json
import re

import pytest

from triage.cli import main
from triage.errors import HistoryError
from triage.history.formats import FORMATS, format_of
from triage.history.head import Head
from triage.intake.configs import FORMATS as CONFIGS

TEXTS = [known for known in FORMATS if re.search(r"\s|[{]", known.example)]


FEWEST_LINES = 3
"""A text that is known by its lines being alike has as many."""


def of(text, encoding="utf-8"):
    return format_of(head(text.encode(encoding))).name


def again(text):
    """A few lines like it, of epochs that follow each other."""
    return "".join(text.replace("05", f"{5 + number:02}") + "\n" for number in range(FEWEST_LINES))


def head(data):
    return Head("file", data, whole=True)


@pytest.mark.parametrize("known", TEXTS, ids=lambda known: known.name)
def test_the_example_of_a_format_is_told_to_be_of_that_format(known):
    assert known.name in (of(known.example), of(again(known.example)))


@pytest.mark.parametrize("known", TEXTS, ids=lambda known: known.name)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_so_it_is_in_other_encodings_and_with_the_ends_of_lines_of_windows(known, encoding):
    text = (known.example + "\n").replace("\n", "\r\n")
    assert known.name in (of(text, encoding), of(again(text), encoding))


def test_names_of_formats_differ():
    assert len({known.name for known in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 12345\n", "git lfs pull"),
        (b"PK\x03\x04" + bytes(50), "a zip archive or a checkpoint"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a picture"),
        (b"%PDF-1.7\n", "a PDF document"),
        (bytes(range(256)), "found binary data"),
        (b"  \n\n", "an empty file"),
        (b"The loss did not fall.\nSo I changed the rate.\n", "found 'The loss did not fall.'"),
        (b"import torch\n\nloss = model(x)\nprint(loss)\n", "found 'import torch'"),
        (b"# Notes\n\n- lr 0.1: loss explodes\n- lr 0.01: fine\n", "found '# Notes'"),
    ],
    ids=["pointer", "archive", "picture", "document", "binary", "blank", "prose", "program", "notes"],
)
def test_what_is_attached_by_mistake_is_refused_in_one_line_that_says_what_it_is(data, found):
    with pytest.raises(HistoryError) as caught:
        format_of(head(data))
    assert found in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_formats_are_listed_with_who_writes_them_and_an_example(capsys):
    assert main(["formats"]) == 0
    shown = capsys.readouterr().out
    for known in (*FORMATS, *CONFIGS):
        assert f"{known.name}\n" in shown
        assert known.example.split("\n")[0][:80] in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_the_formats_are_listed_for_programs_too(capsys):
    assert main(["formats", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in listed if entry["flag"] == "--log"] == [known.name for known in FORMATS]
    assert [entry["name"] for entry in listed if entry["flag"] == "--config"] == [known.name for known in CONFIGS]
    assert all(entry.keys() == {"name", "written_by", "example", "flag"} for entry in listed)
