"""No fault is found where there is none."""

import pytest

from tests.intake.scripts.reading import read
from tests.intake.scripts.right_programs import RIGHT


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_program_has_no_fault(tmp_path, name):
    reading = read(tmp_path, RIGHT[name])
    assert reading.faults() == {}
    assert reading.told.stated or reading.told.found
