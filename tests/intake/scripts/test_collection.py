"""The search for garbage is as it was after a program has been read, whatever became of the reading."""

import gc

import pytest

from triage.errors import IntakeError
from triage.intake.scripts import read_scripts


@pytest.fixture(params=[True, False], ids=["on", "off"])
def search(request):
    was_on = gc.isenabled()
    (gc.enable if request.param else gc.disable)()
    yield request.param
    (gc.enable if was_on else gc.disable)()


def test_the_search_is_as_before_when_a_program_has_been_read(search, tmp_path):
    script = tmp_path / "train.py"
    script.write_text("import torch\n")
    read_scripts([script])
    assert gc.isenabled() is search


def test_the_search_is_as_before_when_a_file_is_no_program(search, tmp_path):
    script = tmp_path / "train.py"
    script.write_text("import (\n")
    with pytest.raises(IntakeError):
        read_scripts([script])
    assert gc.isenabled() is search
