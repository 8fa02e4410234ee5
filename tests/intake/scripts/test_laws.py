"""Any text is either read or refused; programs that grow without end are given up in time."""

import ast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import knowledge
from tests.intake.scripts.keras_programs import PICTURES, TABLE
from tests.intake.scripts.pytorch_programs import DIGITS, ROWS
from triage.errors import IntakeError
from triage.intake.scripts import read_scripts

PROGRAMS = (DIGITS, ROWS, PICTURES, TABLE)
WORDS = sorted({node.id for text in PROGRAMS for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)})
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def base():
    return knowledge.load()


def read(folder, text, name="program.py"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    try:
        return read_scripts([path])
    except IntakeError:
        return None


def hold(told, base, lines):
    """What is said names findings and states that exist, with places in the file."""
    for found in told.found:
        assert set(found.likelihood) <= set(base.finding(found.finding).states)
        assert 0 < sum(found.likelihood.values()) <= 1 + 1e-9
        assert found.message.endswith(".")
        assert "\n" not in found.message
        assert found.place.line is None or 1 <= found.place.line <= lines
    for stated in told.stated:
        assert isinstance(stated.value, str) or abs(stated.value) < float("inf")


@relaxed
@given(raw=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_read_or_refused(tmp_path, raw):
    read(tmp_path, raw)
    read(tmp_path, raw, "program.ipynb")


EDITS = st.tuples(
    st.integers(0, 999), st.sampled_from(["drop", "double", "move", "indent", "other"]), st.integers(0, 999)
)


def edited(lines, edits):
    """The lines, some of them dropped, doubled, moved, indented or taken from another program."""
    for where, how, other in edits:
        at = where % len(lines)
        line = lines[at]
        strange = PROGRAMS[other % len(PROGRAMS)].split("\n")
        new = {
            "drop": [],
            "double": [line, line],
            "move": [],
            "indent": ["    " + line],
            "other": [strange[where % len(strange)]],
        }
        lines = [*lines[:at], *new[how], *lines[at + 1 :]] or [""]
        if how == "move":
            lines.insert(other % len(lines), line)
    return lines


@relaxed
@given(program=st.sampled_from(PROGRAMS), edits=st.lists(EDITS, min_size=1, max_size=6))
def test_a_program_whose_lines_are_dropped_doubled_or_moved_is_read_or_refused(tmp_path, base, program, edits):
    lines = edited(program.split("\n"), edits)
    told = read(tmp_path, "\n".join(lines))
    if told is not None:
        hold(told, base, len(lines))


class Renamed(ast.NodeTransformer):
    """Names, numbers and arguments put in each other's place."""

    def __init__(self, draw):
        self.draw = draw

    def visit_Name(self, node):
        return ast.copy_location(ast.Name(self.draw(WORDS), node.ctx), node) if self.draw([0] * 12 + [1]) else node

    def visit_Constant(self, node):
        values = [0, -1, 1e308, 10**30, None, True, "relu", "softmax", "x", b"x", 1j, ...]
        return ast.copy_location(ast.Constant(self.draw(values)), node) if self.draw([0] * 12 + [1]) else node

    def visit_Call(self, node):
        self.generic_visit(node)
        if self.draw([0] * 12 + [1]):
            node.args = node.args[::-1]
        if self.draw([0] * 12 + [1]):
            node.args = []
        return node


@relaxed
@given(data=st.data())
def test_a_program_whose_names_and_numbers_are_exchanged_is_read_or_refused(tmp_path, base, data):
    tree = ast.parse(data.draw(st.sampled_from(PROGRAMS)))
    draw = data.draw(st.randoms(use_true_random=False)).choice
    text = ast.unparse(ast.fix_missing_locations(Renamed(draw).visit(tree)))
    told = read(tmp_path, text)
    if told is not None:
        hold(told, base, len(text.split("\n")))


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_is_said_of_a_right_program_holds(tmp_path, base, program):
    hold(read(tmp_path, program), base, len(program.split("\n")))


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "+".join(["1"] * 20_000),
        "x = " + "-" * 3000 + "1",
        "x = " + "[" * 150 + "]" * 150,
        "x = [0] * 60\n" + "x = x * 60\n" * 40,
        "x = [0]\n" + "x = x + x\n" * 60,
        "x = 10\n" + "x = x ** 60\n" * 60,
        "def f(x):\n    return f(f(x))\nf(1)\n",
        "def f(n):\n" + "    f(n)\n" * 500 + "f(1)\n",
        "".join(f"def f{i}(x):\n    return f{i + 1}(x), f{i + 1}(x), f{i + 1}(x)\n" for i in range(30)) + "f0(1)\n",
        "class A(A):\n    pass\nA()\n",
        "class A:\n    def __init__(self):\n        self.a = A()\nA().a.a\n",
        "import torch.nn as nn\nm = nn.Linear(2, 2)\n" + "m = nn.Sequential(m, m)\n" * 60 + "m(x).backward()\n",
        "import torch.nn as nn\nm = nn.Sequential()\nm.append(m)\nm(x).backward()\nm.parameters()\n",
        "import torch.nn as nn\nl = nn.MSELoss()(nn.Linear(1, 1)(x), y)\n" + "l = l + l\n" * 60 + "l.backward()\n",
        "for a in b:\n" + "".join("    " * (i + 1) + "for a in b:\n" for i in range(15)) + "    " * 16 + " pass\n",
        "".join("    " * i + "if a:\n" for i in range(60)) + "    " * 60 + "pass\n",
        "a = b\n" * 200_000,
        "x = {}\nx['x'] = x\nx['x']['x']\n",
        "x = []\nx.append(x)\nfor y in x:\n    for z in y:\n        z\n",
    ],
    ids=range(19),
)
def test_programs_that_grow_without_end_are_read_or_refused_in_time(tmp_path, text):
    read(tmp_path, text)
