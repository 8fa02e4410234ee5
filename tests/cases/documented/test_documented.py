"""The stories of the source documents: their programs and configurations, written anew, and what the documents suspect.

A suspect counts as found where it is among the first ten and something in a file speaks for it, by file and line.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

import triage

HERE = Path(__file__).parent

LATE_JUMP = (
    "The loss fell steadily for about 1500 epochs, then it shot up suddenly and stayed on a plateau. I checked the "
    "weights and none of them is NaN. I changed the loss to logcosh and it works. With SGD instead it blows up faster, "
    "and it did not even decrease at first."
)
STUCK = "The accuracy dropped to 1/30 and stays there; the network predicts the same for every input."


@pytest.fixture(scope="module")
def diagnosed(tmp_path_factory):
    """A program and what is said beside it -> its diagnosis, which is made once."""
    folder = tmp_path_factory.mktemp("programs")

    @cache
    def diagnosis_of(name: str, text: str = ""):
        return triage.diagnose(code=shutil.copy(HERE / f"{name}.py.txt", folder / f"{name}.py"), text=text)

    return diagnosis_of


def line_of(name: str, words: str) -> int:
    return next(place for place, line in enumerate((HERE / name).read_text().splitlines(), 1) if words in line)


def suspects(diagnosis, first: int) -> list[str]:
    return [cause.id for cause in diagnosis.causes[:first]]


def places(diagnosis, cause: str) -> dict[str, str]:
    """Finding that speaks for a cause -> where it stands."""
    view = next(view for view in diagnosis.causes if view.id == cause)
    speaking = {item.finding for item in view.evidence_for}
    return {
        item.finding: item.place.rpartition("/")[2]
        for item in diagnosis.findings
        if item.finding in speaking and item.place
    }


CODE = "broken_lines.py.txt"


@pytest.mark.parametrize("words", ["", LATE_JUMP], ids=["program alone", "program and story"])
@pytest.mark.parametrize(
    ("cause", "finding", "line"),
    [
        ("loss_output_mismatch", "loss_function", line_of(CODE, "binary_crossentropy")),
        ("loss_output_mismatch", "output_activation", line_of(CODE, '"softmax"')),
        ("nonlinearity_missing", "hidden_activation", line_of(CODE, "Conv2D(64")),
        ("data_not_shuffled", "shuffling", line_of(CODE, "random.shuffle(whole)")),
        ("adam_second_moment_collapse", "optimizer", line_of(CODE, "Adam(0.00001)")),
    ],
)
def test_the_program_whose_loss_jumped_late_yields_its_suspects_by_line(diagnosed, words, cause, finding, line):
    diagnosis = diagnosed("broken_lines", words)
    assert cause in suspects(diagnosis, 10)
    read = {item.finding: item.place for item in diagnosis.findings if item.origin == "code"}
    assert read[finding].endswith(f"broken_lines.py:{line}")
    if not words:
        assert places(diagnosis, cause)[finding] == f"broken_lines.py:{line}"


def test_with_its_story_the_pairing_of_loss_and_output_comes_first(diagnosed):
    diagnosis = diagnosed("broken_lines", LATE_JUMP)
    assert suspects(diagnosis, 1) == ["loss_output_mismatch"]


def test_the_detection_pair_yields_the_class_counts_and_the_rate():
    diagnosis = triage.diagnose(config=[str(HERE / "pipeline.config"), str(HERE / "label_map.pbtxt")])
    assert suspects(diagnosis, 1) == ["class_count_mismatch"]
    assert places(diagnosis, "class_count_mismatch")["compare_class_counts"] == "pipeline.config:3"
    assert "learning_rate_too_high" in suspects(diagnosis, 4)
    line = line_of("pipeline.config", "learning_rate_base")
    assert places(diagnosis, "learning_rate_too_high")["learning_rate_size"] == f"pipeline.config:{line}"


def test_with_an_exploding_loss_the_pair_says_what_the_document_says():
    diagnosis = triage.diagnose(
        config=[str(HERE / "pipeline.config"), str(HERE / "label_map.pbtxt")], text="the loss explodes from the start"
    )
    assert set(suspects(diagnosis, 2)) == {"class_count_mismatch", "learning_rate_too_high"}


def test_the_solver_without_its_last_iteration_and_the_pooling_layer_are_found_by_line():
    diagnosis = triage.diagnose(config=[str(HERE / "solver.prototxt"), str(HERE / "net.prototxt")])
    assert suspects(diagnosis, 2) == ["learning_rate_schedule_broken", "pooling_stride_exceeds_kernel"]
    assert places(diagnosis, "learning_rate_schedule_broken")["learning_rate_course"] == "solver.prototxt:3"
    line = line_of("net.prototxt", "stride: 5")
    assert places(diagnosis, "pooling_stride_exceeds_kernel")["pooling_stride"] == f"net.prototxt:{line}"


def test_the_word_model_yields_the_softmax_that_is_not_fused_and_the_wide_layer(diagnosed):
    diagnosis = diagnosed("words")
    assert {"softmax_cross_entropy_not_fused", "network_too_wide", "dead_relu"} <= set(suspects(diagnosis, 8))
    found = places(diagnosis, "softmax_cross_entropy_not_fused")
    assert found["loss_function"] == f"words.py:{line_of('words.py.txt', 'categorical_crossentropy')}"
    assert found["output_activation"] == f"words.py:{line_of('words.py.txt', 'Softmax')}"
    assert places(diagnosis, "network_too_wide")["network_width"] == f"words.py:{line_of('words.py.txt', '2048')}"


def test_with_its_story_the_word_model_is_told_to_fuse_them(diagnosed):
    diagnosis = diagnosed("words", STUCK)
    assert suspects(diagnosis, 1) == ["softmax_cross_entropy_not_fused"]
