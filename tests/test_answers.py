import json

import pytest

from triage.answers import read_answers
from triage.errors import AnswerError


def test_yaml_and_json_are_read_alike(tmp_path):
    answers = {"nan_onset": ["sudden"], "optimizer": ["adam", "adamw"]}
    (tmp_path / "a.yaml").write_text("nan_onset: sudden\noptimizer: [adam, adamw]\n")
    (tmp_path / "a.json").write_text(json.dumps(answers, indent="\t"))
    assert read_answers(str(tmp_path / "a.yaml")) == read_answers(str(tmp_path / "a.json")) == answers


BAD = {
    "a date that is none": "optimizer: 2020-13-45",
    "a number of too many digits": "optimizer: " + "9" * 5000,
    "a tag that does not fit": "optimizer: !!bool abc",
    "another": 'optimizer: !!int ""',
    "a list": "- optimizer",
    "a number": "optimizer: 3",
    "an empty list": "optimizer: []",
    "a list of numbers": "optimizer: [1, 2]",
    "a key twice": "optimizer: adam\noptimizer: sgd",
    "a merge": "a: &a {b: c}\nd: {<<: *a}",
    "nothing": "",
    "an open bracket": "a: [1,\n",
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_mapping_of_names_is_one_clear_line(name, tmp_path):
    path = tmp_path / "answers.yaml"
    path.write_text(BAD[name])
    with pytest.raises(AnswerError) as caught:
        read_answers(str(path))
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500 + len(str(path))


def test_a_file_beyond_all_measure_is_not_read(tmp_path):
    path = tmp_path / "large.yaml"
    path.write_bytes(b"a" * 1_000_001)
    with pytest.raises(AnswerError, match="more than 1,000,000 bytes"):
        read_answers(str(path))
