"""The healthy runs: every variant has its runs on both sides, and specials are equal for equal seeds."""

from collections import Counter

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("sklearn")

from tests.lab.campaign import plan, variants  # noqa: E402
from tests.lab.campaign.batches import drowned  # noqa: E402
from tests.lab.campaign.recipe import Recipe  # noqa: E402
from tests.lab.campaign.record import load, save  # noqa: E402
from tests.lab.campaign.specials import SPECIALS  # noqa: E402
from tests.lab.campaign.training import train  # noqa: E402

SMALL = Recipe().but(task="blobs", classes=4, features=6, samples=160, held_out=80, width=16, batch=20, epochs=12)


def test_every_variant_has_its_runs_on_both_sides():
    counts = Counter((run.variant, run.held_back) for run in plan.plan() if run.variant)
    names = [variant.name for variant in variants.gathered()]
    assert len(set(names)) == len(names)
    for name in names:
        assert (counts[name, False], counts[name, True]) == plan.PER_VARIANT


def test_a_healthy_run_has_no_cause():
    assert all(run.causes == () for run in plan.plan() if run.variant or run.special)


@pytest.mark.parametrize("name", ["fine_tuning", "curriculum"])
def test_a_special_is_equal_for_equal_seeds_and_survives_its_file(tmp_path, name):
    one, again = SPECIALS[name](3), SPECIALS[name](3)
    assert np.array_equal(one.loss, again.loss)
    assert not np.array_equal(one.loss[:100], SPECIALS[name](4).loss[:100])
    assert np.isfinite(one.loss).all()
    assert len(one.epoch_loss) == len(one.evaluated) == len(one.val_loss)
    save(tmp_path / "run.npz", one, {"id": "x", "recipe": "null"})
    assert np.array_equal(load(tmp_path / "run.npz")[0].val_loss, one.val_loss, equal_nan=True)


def test_an_odd_batch_is_seen_once_and_leaves_the_rest_as_it_was():
    sound, odd = train(SMALL), train(SMALL.but(odd_batch=0.5, odd_size=6.0))
    at = round(0.5 * SMALL.steps)
    assert np.array_equal(sound.loss[:at], odd.loss[:at])
    assert odd.loss[at] > 2 * sound.loss[at]
    tokens = torch.randint(9, (50, 10))
    assert 0 < (drowned(tokens, 2.0) != tokens).float().mean() < 0.6


def test_clipping_at_a_percentile_shortens_about_as_many_gradients():
    record = train(SMALL.but(clip=80.0, clip_by="percentile", epochs=40))
    assert 0.05 < record.truth["clipped"] < 0.4


def test_a_weight_of_the_rare_class_makes_it_count_more():
    rare = SMALL.but(imbalance=0.05, samples=600)
    assert not np.array_equal(train(rare).loss, train(rare.but(rare_weight=8.0)).loss)
