"""Checks and remedies as steps: what they say, wherever they are shown."""

from tests.tui.views import view_of
from triage.enclosing import enclosed
from triage.session import Session
from tui.steps import check_step, remedy_step


def test_the_values_of_a_remedy_follow_from_a_file_beside_the_log_too(real_base, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text("optimizer: adam\nlearning_rate: 0.5\n", encoding="utf-8")
    session = Session(real_base)
    session.enclose(enclosed("config", [config]))
    step = remedy_step(view_of(session), real_base.remedies["lower_learning_rate"])
    assert ("New learning rate", "0.05") in step.paragraphs
    told = next(cause for cause in session.diagnosis().causes if cause.id == "learning_rate_too_high")
    remedy = next(remedy for remedy in told.remedies if remedy.id == "lower_learning_rate")
    assert remedy.values["new_learning_rate"] == 0.05


def test_what_came_of_a_check_is_known_in_its_step(real_base):
    session = Session(real_base)
    session.volunteer("lower_rate_tenfold", "prevents")
    step = check_step(view_of(session), real_base.findings["lower_rate_tenfold"])
    assert step.answer is not None
    assert step.answer.states == ("prevents",)
