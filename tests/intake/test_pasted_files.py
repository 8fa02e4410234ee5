from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.intake.pasted_files import without_files

SOLVER = 'base_lr: 0.8\nlr_policy: "poly"\nmomentum: 0.9'
PROSE = "My loss turns nan after 3 epochs.\nI tried: a smaller rate\nso what: can I do?"


def values(file) -> dict[str, tuple[float | str, int | None]]:
    return {item.name: (item.value, item.place.line) for item in file.told.stated}


@pytest.mark.parametrize("wrap", ["{0}", "```\n{0}\n```", "```prototxt\n{0}\n```"])
def test_settings_are_read_by_the_lines_of_the_text_and_the_words_are_left(wrap):
    text = f"Hello.\n\n{wrap.format(SOLVER)}\n\n{PROSE}"
    (file,), rest = without_files(text)
    assert file.kind == "config"
    line = text.splitlines().index("base_lr: 0.8") + 1
    assert values(file)["learning_rate"] == (0.8, line)
    assert " ".join(rest.split()) == " ".join(f"Hello. {PROSE}".split())
    assert {item.place.file for item in file.told.stated} == {"pasted text"}


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "problem: the loss is nan\nquestion: why is that?",
        "note: I use Adam",
        "epoch 1 loss 2.3\nepoch 2 loss 2.2",
        "nan\nnan\nnan",
        "",
    ],
)
def test_words_are_no_file(text):
    assert without_files(text) == ((), text)


PROGRAM = """\
import torch
from torch import nn

model = nn.Sequential(nn.Linear(10, 10), nn.Softmax(dim=1))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)

for x, y in loader:
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()"""


def test_a_program_between_words_is_read_as_one_although_blank_lines_part_it():
    text = f"This is my code:\n\n{PROGRAM}\n\nThe loss stays at 2.3, why?"
    (file,), rest = without_files(text)
    assert file.kind == "code"
    lines = text.splitlines()
    line = next(place for place, words in enumerate(lines, 1) if "Adam" in words)
    assert values(file)["learning_rate"] == (0.1, line)
    assert values(file)["optimizer"] == ("adam", line)
    assert " ".join(rest.split()) == "This is my code: The loss stays at 2.3, why?"


def test_a_program_and_a_configuration_of_one_text_are_both_read():
    files, _ = without_files(f"{PROGRAM}\n\n{SOLVER}\n\nthat is all")
    assert {file.kind for file in files} == {"code", "config"}


PARTS = [
    SOLVER,
    PROGRAM,
    PROSE,
    "```",
    "import os",
    "x = 1",
    "{",
    "a: {b: [",
    "\x00",
    "def f(:",
    ">>> import torch",
    "é: ü",
]


@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=30), max_size=8).map("\n".join))
def test_any_text_is_read_and_what_is_left_stood_in_it(text):
    files, rest = without_files(text)
    if not files:
        assert rest == text
    for file in files:
        places = [item.place for item in (*file.told.stated, *file.told.found)]
        assert all(place.line is None or 1 <= place.line <= len(text.splitlines()) + 1 for place in places)
