"""Scripts and notebooks as files: encodings, cells, several files of one run, what is no Python."""

import json

import pytest

from tests.intake.scripts.pytorch_programs import DIGITS, ROWS
from tests.intake.scripts.reading import Reading, changed, read
from triage.errors import IntakeError
from triage.intake.scripts import read_scripts

BROKEN = changed(ROWS, ("        optimizer.zero_grad()\n", ""))


def notebook(*cells):
    body = [{"cell_type": "markdown", "source": ["# Title"]}]
    body += [{"cell_type": "code", "source": cell.splitlines(keepends=True), "outputs": []} for cell in cells]
    return json.dumps({"cells": body, "nbformat": 4, "nbformat_minor": 5, "metadata": {}})


@pytest.mark.parametrize(
    "raw",
    [
        BROKEN.encode(),
        b"\xef\xbb\xbf" + BROKEN.encode(),
        BROKEN.replace("\n", "\r\n").encode(),
        BROKEN.encode("utf-16"),
        b"# -*- coding: latin-1 -*-\n# \xe9t\xe9\n" + BROKEN.encode(),
        b"# \xe9t\xe9 without a declaration\n" + BROKEN.encode(),
    ],
    ids=["plain", "mark", "carriage returns", "utf-16", "declared", "undeclared"],
)
def test_a_script_is_read_in_any_encoding(tmp_path, raw):
    path = tmp_path / "train.py"
    path.write_bytes(raw)
    found = {found.finding: found for found in read_scripts([path]).found}["gradients_reset"]
    assert (found.state, found.place.words) == ("not_reset", "loss.backward()")


def test_a_notebook_is_read_cell_by_cell(tmp_path):
    loop = BROKEN.index("for epoch")
    path = tmp_path / "train.ipynb"
    shell = "%matplotlib inline\n!pip install torch\n"
    path.write_text(notebook(shell + BROKEN[:loop], "%%bash\nls -l", "net?", BROKEN[loop:]), "utf-8")
    reading = Reading("", read_scripts([path]))
    found = next(found for found in reading.told.found if found.finding == "gradients_reset")
    assert (found.place.file, found.place.line) == (f"{path}, cell 4", 4)
    assert found.place.words == "loss.backward()"
    optimizer = next(stated for stated in reading.told.stated if stated.name == "optimizer")
    line = (shell + BROKEN).split("\n").index("optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)") + 1
    assert (optimizer.place.file, optimizer.place.line) == (f"{path}, cell 1", line)


def test_a_magic_in_an_indented_block_is_left_out(tmp_path):
    path = tmp_path / "train.ipynb"
    path.write_text(notebook("if True:\n    !nvidia-smi\n" + BROKEN), "utf-8")
    assert {found.finding: found.state for found in read_scripts([path]).found}["gradients_reset"] == "not_reset"


def test_files_of_one_run_are_read_together(tmp_path):
    at = DIGITS.index("class Net"), DIGITS.index("steps = ")
    (tmp_path / "network.py").write_text("import torch\nimport torch.nn as nn\n" + DIGITS[at[0] : at[1]], "utf-8")
    main = changed(DIGITS, (DIGITS[at[0] : at[1]], "from network import Net\n"), ("criterion = nn.", "criterion = nn."))
    (tmp_path / "train.py").write_text(main, "utf-8")
    for order in (["network.py", "train.py"], ["train.py", "network.py"]):
        told = read_scripts([tmp_path / name for name in order])
        found = {found.finding: found for found in told.found}
        assert found["output_activation"].state == "linear"
        assert found["output_activation"].place.file == str(tmp_path / "network.py")
        assert found["shuffling"].place.file == str(tmp_path / "train.py")
    alone = read(tmp_path, main)
    assert alone.faults() == {}
    assert alone.state("output_activation") is None


def test_print_statements_are_left_out_with_a_note(tmp_path):
    old = BROKEN + "    print 'epoch', epoch\n    print loss\nprint 'done'\n"
    reading = read(tmp_path, old)
    assert reading.state("gradients_reset") == "not_reset"
    assert reading.found("gradients_reset").place.line == BROKEN.split("\n").index("        loss.backward()") + 1
    assert any("without 3 of its lines" in note for note in reading.told.notes)


def test_an_indented_program_is_dedented(tmp_path):
    indented = "\n".join("    " + line if line else line for line in BROKEN.split("\n"))
    assert read(tmp_path, indented).state("gradients_reset") == "not_reset"


@pytest.mark.parametrize(
    ("name", "raw", "words", "line"),
    [
        ("a.py", b"import torch\nx = (1,\n", "expected Python code", 2),
        ("a.py", b"def f(:\n    pass\n", "expected Python code", 1),
        ("a.py", b"x = 1\n\x00\n", "expected Python code", None),
        ("a.py", b"(" * 5000 + b")" * 5000, "expected Python code", 1),
        ("a.ipynb", b"{not json", "expected a notebook", 1),
        ("a.ipynb", b"[1, 2]", "list of cells", None),
        ("a.ipynb", b'{"cells": 3}', "list of cells", None),
        ("a.ipynb", b'{"cells": [{"cell_type": "code", "source": ["a = (", "\\n"]}]}', "expected Python code", 1),
    ],
)
def test_what_is_no_python_is_refused_in_one_line(tmp_path, name, raw, words, line):
    path = tmp_path / name
    path.write_bytes(raw)
    with pytest.raises(IntakeError) as caught:
        read_scripts([path])
    assert words in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    if line is not None:
        assert caught.value.line == line


def test_a_file_that_is_missing_a_folder_and_one_that_is_too_large_are_refused(tmp_path):
    large = tmp_path / "large.py"
    large.write_bytes(b"x = 1\n" * 800_000)
    for path, words in ((tmp_path / "none.py", "can be read"), (tmp_path, "can be read"), (large, "at most")):
        with pytest.raises(IntakeError, match=words):
            read_scripts([path])


def test_no_files_say_nothing():
    told = read_scripts([])
    assert (told.stated, told.found) == ((), ())


def test_a_program_is_never_run(tmp_path):
    mark = tmp_path / "ran"
    read(tmp_path, f"open({str(mark)!r}, 'w').write('x')\nimport os\nos.mkdir({str(mark)!r} + '2')\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["train.py"]


def test_a_script_under_the_name_of_a_notebook_is_read_as_a_script(tmp_path):
    assert read(tmp_path, BROKEN, "train.ipynb").state("gradients_reset") == "not_reset"
