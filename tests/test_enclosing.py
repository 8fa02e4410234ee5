"""Files beside the log in a session: what they say counts, with its place, and can be undone, replaced and saved."""

from __future__ import annotations

import pytest

from triage.enclosing import kind_of
from triage.event_json import as_json, event_in, fields_of
from triage.events import Enclosed
from triage.fitting import fitting
from triage.intake.found import Place, Stated, Told, shows
from triage.session import Session


def stated(name: str, value, file: str, line: int = 1) -> Stated:
    return Stated(name, value, Place(file, line, f"{name}: {value}"))


def enclosed(kind, file, *values, found=(), notes=()) -> Enclosed:
    return Enclosed(kind, (file,), Told(tuple(values), tuple(found), tuple(notes)), "/runs")


SOLVER = enclosed("config", "solver.prototxt", stated("learning_rate", 0.8, "solver.prototxt", 3))
SCRIPT = enclosed("code", "train.py", stated("optimizer", "adam", "train.py", 41))


def states(session: Session) -> dict[tuple[str, str], str]:
    return {(item.finding, item.origin): item.state for item in session.diagnosis().findings}


def test_each_finding_tells_file_and_line(session):
    session.enclose(SCRIPT)
    found = next(item for item in session.diagnosis().findings if item.finding == "optimizer")
    assert (found.origin, found.place, found.state) == ("code", "train.py:41", "adam")


@pytest.mark.parametrize("order", [(SOLVER, SCRIPT), (SCRIPT, SOLVER)])
def test_files_of_different_kinds_are_read_together_in_whatever_order(session, order):
    for event in order:
        session.enclose(event)
    assert states(session)["learning_rate_size", "config"] == "far_above_usual"
    assert ("learning_rate_size", "code") not in states(session)


def test_files_of_one_kind_replace_what_earlier_ones_said_and_undo_brings_it_back(session):
    session.enclose(SOLVER)
    session.enclose(enclosed("config", "other.prototxt", stated("batch_size", 1, "other.prototxt")))
    assert {place for _, place in states(session)} == {"config"}
    assert set(states(session)) == {("batch_size", "config")}
    session.undo()
    assert set(states(session)) == {("learning_rate_size", "config")}


def test_remedies_take_their_values_from_a_file(session):
    session.enclose(SOLVER)
    session.enclose(SCRIPT)
    session.volunteer("nan_onset", "after_growth")
    remedies = [remedy for cause in session.diagnosis().causes for remedy in cause.remedies]
    (rate,) = {item.values["new_learning_rate"] for item in remedies if item.id == "lower_learning_rate"}
    assert rate == 0.08


def test_the_files_and_what_was_left_out_of_them_are_told(session):
    session.enclose(enclosed("config", "a.yaml", notes=["a.yaml: ${model.lr} stands in another file"]))
    (file,) = session.diagnosis().files
    assert (file.kind, file.file) == ("config", "a.yaml")
    assert file.notes == ["a.yaml: ${model.lr} stands in another file"]


def test_an_event_is_the_same_after_it_was_saved():
    event = enclosed(
        "weights",
        "model.safetensors",
        stated("learning_rate", 3e-4, "x.yaml", 2),
        stated("optimizer", "adam", "x.yaml", 3),
        found=[shows("weights_contain_nan", "all", "NaN in every tensor.", Place("model.safetensors"))],
        notes=["one tensor is empty"],
    )
    assert event_in(as_json(fields_of(event))) == event


def test_what_the_knowledge_no_longer_has_is_left_out_and_told(real_base):
    gone = shows("moon_phase", "full", "It is full.", Place("train.py", 9))
    kept = shows("framework", "pytorch", "It imports torch.", Place("train.py", 1))
    (event,), lost = fitting([enclosed("code", "train.py", found=[gone, kept])], real_base)
    assert event.told.found == (kept,)
    assert lost == ["what train.py:9 shows of moon_phase is left out: the knowledge no longer has it so"]


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("train.py", "code"), ("run.IPYNB", "code"), ("solver.prototxt", "config"), ("args.yaml", "config"),
        ("model.safetensors", "weights"), ("last.ckpt", "weights"), ("x_train.npy", "data"), ("log.csv", None),
        ("trainer_state.json", None), ("events.out.tfevents.1", None),
    ],
)  # fmt: skip
def test_a_file_is_known_by_its_ending_where_that_is_plain(file, kind):
    assert kind_of(file) == kind
