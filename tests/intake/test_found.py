from __future__ import annotations

import pytest

from triage.intake.found import Place, Stated


def test_a_place_is_written_as_editors_take_it():
    assert str(Place("train.py", 41)) == "train.py:41"
    assert str(Place("model.safetensors")) == "model.safetensors"


@pytest.mark.parametrize(("name", "value"), [("learning_rate", "0.1"), ("optimizer", 3.0), ("luck", 1.0)])
def test_a_value_of_the_wrong_kind_is_refused(name, value):
    with pytest.raises(ValueError, match=f"{name}="):
        Stated(name, value, Place("solver.prototxt", 1))
