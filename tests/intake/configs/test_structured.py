import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.intake.configs.configs_written import lines, shown, stated, told_of
from triage.errors import IntakeError
from triage.intake.configs.documents import document_of
from triage.intake.configs.source import source_of


def tree(text, name="a.yaml"):
    return document_of(source_of(text, name))


def test_a_number_with_an_exponent_and_no_dot_is_a_number(tmp_path):
    assert stated(told_of(tmp_path, "lr: 1e-4\nbatch_size: 8\n"))["learning_rate"] == 1e-4


def test_a_number_in_quotes_is_a_number(tmp_path):
    assert stated(told_of(tmp_path, "lr: '3e-4'\n"))["learning_rate"] == 3e-4


@pytest.mark.parametrize(("text", "value"), [("no", False), ("off", False), ("yes", True), ("On", True), ("y", "y")])
def test_truth_values_are_those_of_yaml_1_1(text, value):
    assert tree(f"a: {text}\n").at("a").value == value


def test_keys_are_told_in_small_letters_with_underscores(tmp_path):
    assert stated(told_of(tmp_path, "SOLVER:\n  BASE-LR: 0.02\n"))["learning_rate"] == 0.02


def test_of_a_key_that_stands_twice_the_last_value_counts(tmp_path):
    told = told_of(tmp_path, "lr: 0.1\nepochs: 3\nlr: 0.2\n")
    assert stated(told)["learning_rate"] == 0.2
    assert lines(told)["learning_rate"] == 3


def test_of_a_json_key_that_stands_twice_the_last_value_counts(tmp_path):
    told = told_of(tmp_path, '{"lr": 0.1,\n "lr": 0.2}', "a.json")
    assert (stated(told)["learning_rate"], lines(told)["learning_rate"]) == (0.2, 2)


def test_each_value_has_the_line_of_its_key(tmp_path):
    told = told_of(tmp_path, "# a comment\noptimizer:\n  name: adam\n  lr:\n    0.1\nbatch_size: 8\n")
    assert lines(told) == {"optimizer": 3, "learning_rate": 4, "batch_size": 6}


def test_json_has_the_line_of_each_key(tmp_path):
    told = told_of(tmp_path, '{\n  "optimizer": {\n    "lr": 0.1\n  },\n\n  "batch_size": 8\n}\n', "a.json")
    assert lines(told) == {"learning_rate": 3, "batch_size": 6}


def test_toml_has_the_line_of_each_key(tmp_path):
    told = told_of(tmp_path, '# c\n[optimizer]\nname = "AdamW"\nlr = 8e-4\n\n[training]\nbatch_size = 8\n', "a.toml")
    assert lines(told) == {"optimizer": 3, "learning_rate": 4, "batch_size": 7}
    assert stated(told) == {"optimizer": "adamw", "learning_rate": 8e-4, "batch_size": 8}


def test_a_long_line_is_shown_from_the_value_on(tmp_path):
    told = told_of(tmp_path, json.dumps({"about": "x" * 500, "lr": 0.1, "batch_size": 4}), "a.json")
    words = {item.name: item.place.words for item in told.stated}
    assert words["learning_rate"].startswith('"lr": 0.1')
    assert len(words["learning_rate"]) <= 120


def test_json_takes_numbers_that_are_none_comments_and_a_last_comma():
    text = '{"a": NaN, // why\n "b": [1, -Infinity,], /* no\n */ "c": 1e3,}'
    found = tree(text, "a.json")
    assert found.at("c").number == 1000
    assert found.at("c").line == 3
    assert found.at("a").number is None
    assert found.at("b").items[1].value == float("-inf")


def test_half_a_pair_of_surrogates_is_a_question_mark():
    assert tree('{"model": "\\ud800x"}', "a.json").at("model").value == "?x"


def test_a_text_of_several_lines_is_shown_on_one(tmp_path):
    told = told_of(tmp_path, '{"lr": 0.1, "model": "my\\nresnet\\u001b[31m"}', "a.json")
    assert [item.message for item in told.found] == ["The network is my resnet [31m."]


def test_references_in_the_same_file_are_followed(tmp_path):
    told = told_of(
        tmp_path, "model: {lr: 0.01}\noptimizer:\n  name: sgd\n  lr: ${model.lr}\n  momentum: ${.m}\n  m: 0.9\n"
    )
    assert stated(told)["learning_rate"] == 0.01
    assert stated(told)["momentum"] == 0.9
    assert not told.notes


def test_references_to_elsewhere_are_left_out_with_a_note(tmp_path):
    told = told_of(tmp_path, "lr: ${oc.env:LR}\nbatch_size: 4\noutput: ${hydra:runtime.cwd}\n")
    assert stated(told) == {"batch_size": 4}
    assert told.notes == ("One value refers to what stands outside the file and was left out: lr: ${oc.env:LR}.",)


def test_references_that_turn_in_a_circle_are_left_out(tmp_path):
    assert stated(told_of(tmp_path, "lr: ${a}\na: ${lr}\nbatch_size: 4\n")) == {"batch_size": 4}


def test_a_value_that_must_be_given_is_none(tmp_path):
    assert stated(told_of(tmp_path, "lr: ???\nbatch_size: 4\n")) == {"batch_size": 4}


def test_anchors_and_merges_are_followed(tmp_path):
    text = "base: &base\n  lr: 0.1\n  momentum: 0.9\noptimizer:\n  <<: *base\n  lr: 0.2\n"
    assert stated(told_of(tmp_path, text)) == {"learning_rate": 0.2, "momentum": 0.9}


def test_later_documents_of_a_file_count_with_a_note(tmp_path):
    told = told_of(tmp_path, "lr: 0.1\n---\nlr: 0.2\n")
    assert stated(told)["learning_rate"] == 0.2
    assert told.notes == ("The file holds 2 documents; where they differ the last one counts.",)


def test_python_objects_are_plain_data_and_never_built(tmp_path):
    text = f"""
    lr: 0.1
    betas: !!python/tuple [0.9, 0.95]
    evil: !!python/object/apply:os.system ["touch {tmp_path}/owned"]
    act: !!python/name:torch.nn.GELU ''
    args: !!python/object:argparse.Namespace
      batch_size: 4
    """
    told = told_of(tmp_path, text)
    assert stated(told) == {"learning_rate": 0.1, "batch_size": 4, "beta1": 0.9, "beta2": 0.95}
    assert shown(told)["hidden_activation"] == "leaky_or_smooth"
    assert told.notes == ("Python objects in the file were read as plain data; none was built.",)
    assert not (tmp_path / "owned").exists()


def test_aliases_that_unfold_without_end_are_refused(tmp_path):
    laughs = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    laughs += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(IntakeError, match=r"config\.yaml, line \d+: expected at most 500,000 values"):
        told_of(tmp_path, "lr: 0.1\n" + "\n".join(laughs))


def test_a_value_that_holds_itself_is_refused(tmp_path):
    with pytest.raises(IntakeError, match="expected an anchor &a before its alias"):
        told_of(tmp_path, "lr: 0.1\nb: &a\n  - *a\n")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("lr: " + "[" * 100_000, "a.yaml"),
        ("- " * 5000 + "1", "a.yaml"),
        ('{"a": ' * 100_000, "a.json"),
        ("a = " + "[" * 100_000, "a.toml"),
        ("a." * 5000 + "b = 1", "a.toml"),
        ("Namespace(a=" + "[" * 100_000 + "]" * 100_000 + ")", "a.log"),
        ("Namespace(a=" + "-" * 100_000 + "1)", "a.log"),
        ("Namespace(a=" + "1+" * 50_000 + "1)", "a.log"),
    ],
)
def test_what_nests_without_end_is_refused_in_one_line(tmp_path, text, name):
    with pytest.raises(IntakeError) as error:
        told_of(tmp_path, text, name)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 2000


@pytest.mark.parametrize(
    ("text", "name", "where"),
    [
        ("lr: 0.1\n b: c: d\n", "a.yaml", "line 2"),
        ('{"lr": 0.1,\n "b" 2}', "a.json", "line 2"),
        ("[a]\nb = = 2\n", "a.toml", "line 2"),
    ],
)
def test_a_fault_of_the_syntax_is_told_with_its_line(tmp_path, text, name, where):
    with pytest.raises(IntakeError, match=f"{where}: expected"):
        told_of(tmp_path, text, name)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def folded(value):
    """Keys as they are held, empty mappings apart from what a node says of them."""
    if isinstance(value, dict):
        return {key.strip().replace("-", "_").lower(): folded(inner) for key, inner in value.items()}
    return [folded(item) for item in value] if isinstance(value, list) else value


@given(st.dictionaries(st.text(alphabet="abcdef_", min_size=1, max_size=6), json_values, min_size=1, max_size=4))
def test_json_is_read_as_python_reads_it(value):
    found = tree(json.dumps(value, indent=1), "a.json")
    assert json.dumps(plain_again(found.root)) == json.dumps(folded(value))


@given(
    st.dictionaries(
        st.text(alphabet="abcdef_", min_size=1, max_size=6),
        st.integers(-1000, 1000) | st.booleans() | st.lists(st.text(alphabet="abc xyz", max_size=5), max_size=3),
        min_size=1,
        max_size=4,
    )
)
def test_yaml_is_read_as_pyyaml_reads_it(value):
    text = yaml.safe_dump(value)
    assert plain_again(tree(text).root) == folded(yaml.safe_load(text))


def plain_again(node):
    """A tree as plain values, empty ones as they are."""
    if isinstance(node.value, dict):
        return {key: plain_again(inner) for key, inner in node.value.items()}
    return [plain_again(item) for item in node.value] if isinstance(node.value, tuple) else node.value
