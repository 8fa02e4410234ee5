import numpy as np
import pandas as pd
import pytest

from triage import Session, diagnose
from triage.report.render import render

EPOCHS = np.arange(120.0)


def falling(end=0.2, speed=18.0):
    return end + (2.3 - end) * np.exp(-EPOCHS / speed)


def noisy(values, seed):
    return values + 0.004 * np.random.default_rng(seed).normal(size=values.size)


CURVES = {
    "Still learning": (falling(speed=40), falling(0.3, 40)),
    "Overfitting": (falling(0.05, 45), np.maximum(falling(1.1, 9), 1.12)),
    "The data are at fault": (1.8 + 0.0 * EPOCHS, falling(0.5, 40)),
    "A bottleneck": (np.full(120, 2.1), np.full(120, 2.2)),
    "Structure, hyperparameters or uncleaned data": (1.0 + 0.02 * EPOCHS**1.3, 1.1 + 0.021 * EPOCHS**1.3),
}


@pytest.mark.parametrize("title", CURVES)
def test_the_five_readings_of_the_two_curves_are_named_with_what_to_do(title, real_base):
    train, val = CURVES[title]
    frame = pd.DataFrame({"epoch": EPOCHS, "loss": noisy(train, 1), "val_loss": noisy(val, 2)})
    diagnosis = diagnose(frame, base=real_base)
    message = next(item.message for item in diagnosis.findings if item.finding == "validation_against_train")
    readout = next(item for item in real_base.findings["validation_against_train"].readouts if item.title == title)
    assert title.lower() in message.lower()
    assert readout.says in message
    assert " ".join(readout.says.split())[:40] in " ".join(render(diagnosis, real_base, None).split())


def test_the_probabilities_of_all_hypotheses_never_exceed_one(real_base):
    diagnosis = diagnose(answers={"nan_onset": "sudden", "lower_rate_tenfold": "delays"}, base=real_base)
    assert sum(item.probability for item in diagnosis.hypotheses) + diagnosis.not_listed <= 1.0
    for view in diagnosis.causes:
        together = sum(item.probability for item in diagnosis.hypotheses if view.id in item.causes)
        assert together <= view.probability + 1e-9


def test_evidence_is_told_largest_first_and_by_its_sign(real_base):
    diagnosis = diagnose(answers={"nan_onset": "sudden", "scan_inputs_for_nan": "clean"}, base=real_base)
    for view in diagnosis.causes:
        pros = [item.decibans for item in view.evidence_for]
        cons = [item.decibans for item in view.evidence_against]
        assert pros == sorted(pros, reverse=True)
        assert cons == sorted(cons)
        assert all(value > 0 for value in pros)
        assert all(value < 0 for value in cons)


def test_the_banner_is_raised_when_nothing_known_explains_a_failure(real_base):
    clean = {
        "nan_onset": "sudden",
        "scan_inputs_for_nan": "clean",
        "replay_failing_batch": "finite_on_replay",
        "weights_contain_nan": "none",
        "lower_rate_tenfold": "no_effect",
        "run_in_fp32": "no_effect",
    }
    assert diagnose(answers=clean, base=real_base).conflict.banner
    assert diagnose(answers={"nan_onset": "sudden"}, base=real_base).conflict.banner is None


def test_a_file_name_with_bytes_that_are_no_text_is_still_reported(tmp_path, real_base):
    path = tmp_path / b"bad\xff.csv".decode("utf-8", "surrogateescape")
    path.write_text("step,loss\n" + "\n".join(f"{i},{2 - i / 50}" for i in range(50)))
    session = Session(real_base)
    from triage.history import read_history

    session.attach(read_history(path))
    assert '"files"' in session.diagnosis().model_dump_json()
