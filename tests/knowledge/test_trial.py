import pytest

from knowledge.bands import BAND_PROBABILITY
from knowledge.errors import UnknownIdError
from knowledge.trial import CHANCE_CURE, HELPED, NO_EFFECT, reliefs


def test_every_remedy_is_a_trial_of_its_own_or_has_a_check_that_is_one(real_base):
    for name, remedy in real_base.remedies.items():
        if remedy.trial is None:
            assert list(real_base.finding(name).states) == [NO_EFFECT, HELPED]
        else:
            assert name not in real_base.trials
            assert real_base.findings[remedy.trial].kind == "check"


def test_a_trial_is_told_by_its_check_where_it_has_one(real_base):
    with pytest.raises(UnknownIdError, match="lower_rate_tenfold"):
        real_base.finding("lower_learning_rate")


def test_a_remedy_helps_as_often_as_the_knowledge_says_and_otherwise_by_chance(real_base, real_network):
    hypotheses = real_network.hypotheses
    table = real_network.tables["clean_inputs"]
    known = reliefs(real_base.causes.values(), real_base.remedies)
    for index, name in enumerate(hypotheses.causes, start=1):
        relief = known.get(("clean_inputs", name), 0.0)
        assert table[index, 1] == pytest.approx(1.0 - (1.0 - relief) * (1.0 - CHANCE_CURE))
    assert max(table[hypotheses.singles, 1]) > BAND_PROBABILITY["frequent"]
    assert table[0, 1] == pytest.approx(CHANCE_CURE)
