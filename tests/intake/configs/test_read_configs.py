import json
from functools import cache

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import knowledge
from tests.intake.configs.configs_written import shown, stated, told_of
from triage.errors import IntakeError
from triage.intake.configs import FORMATS, read_configs
from triage.intake.configs.general_keys import ANYWHERE, WORDS
from triage.intake.found import Told


def read_bytes(folder, data, name="config.yaml"):
    file = folder / name
    file.write_bytes(data)
    return read_configs([file])


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_the_example_of_a_format_is_read_as_that_format(tmp_path, known):
    file = tmp_path / "file"
    file.write_text(known.example, encoding="utf-8")
    told = read_configs([file])
    assert told.stated or told.found
    assert {item.place.file for item in (*told.stated, *told.found)} == {str(file)}


def test_files_of_one_run_are_read_together(tmp_path):
    (tmp_path / "ds.json").write_text('{"zero_optimization": {"stage": 2}, "fp16": {"enabled": true}}')
    (tmp_path / "args.yaml").write_text("per_device_train_batch_size: 4\nlearning_rate: 1e-5\n")
    told = read_configs([tmp_path / "ds.json", str(tmp_path / "args.yaml")])
    assert stated(told) == {"batch_size": 4, "learning_rate": 1e-5}
    assert shown(told)["precision"] == "fp16_amp"
    assert {item.place.file for item in told.stated} == {str(tmp_path / "args.yaml")}


def test_a_guess_gives_way_to_what_another_file_sets(tmp_path):
    model = '{"model_type": "llama", "architectures": ["LlamaForCausalLM"], "torch_dtype": "float16"}'
    (tmp_path / "config.json").write_text(model)
    (tmp_path / "args.yaml").write_text("per_device_train_batch_size: 4\nbf16: true\n")
    alone = read_configs([tmp_path / "config.json"])
    both = read_configs([tmp_path / "config.json", tmp_path / "args.yaml"])
    assert [item.state for item in alone.found if item.finding == "precision"] == ["fp16_pure"]
    assert [item.state for item in both.found if item.finding == "precision"] == ["bf16"]


def test_no_files_say_nothing():
    assert read_configs([]) == Told()


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(IntakeError, match="expected a configuration file, found a folder"):
        read_configs([tmp_path])


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(IntakeError, match="expected a file that can be read"):
        read_configs([tmp_path / "none.yaml"])


def test_a_name_that_no_file_has_is_refused():
    with pytest.raises(IntakeError, match="expected a file that can be read"):
        read_configs(["a\0b"])


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\0\0\0"])
def test_an_empty_file_is_refused(tmp_path, data):
    with pytest.raises(IntakeError, match="found an empty file"):
        read_bytes(tmp_path, data)


def test_binary_data_are_refused(tmp_path):
    with pytest.raises(IntakeError, match="found binary data"):
        read_bytes(tmp_path, bytes(range(256)) * 20)


def test_too_large_a_file_is_refused(tmp_path):
    with pytest.raises(IntakeError, match="at most 20 MB"):
        read_bytes(tmp_path, b"lr: 0.1\n" * 2_600_000)


def test_unknown_content_names_what_is_read(tmp_path):
    with pytest.raises(IntakeError, match=r"expected a configuration that is known \(Caffe .*found 'Dear diary'"):
        told_of(tmp_path, "Dear diary\n\nToday it rained.\n", "notes.txt")


def test_settings_of_something_else_are_refused(tmp_path):
    with pytest.raises(IntakeError, match="found no setting of a training in it"):
        told_of(tmp_path, "services:\n  web:\n    image: nginx\n")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_other_encodings_are_read(tmp_path, encoding):
    told = read_bytes(tmp_path, "lr: 0.1\r\nbatch_size: 4\r\nname: größer\r\n".encode(encoding))
    assert stated(told) == {"learning_rate": 0.1, "batch_size": 4}
    assert [item.place.line for item in told.stated] == [1, 2]


def test_settings_of_a_run_that_wandb_keeps_are_unwrapped(tmp_path):
    text = "wandb_version: 1\n_wandb:\n  desc: null\n  value: {}\nlr:\n  desc: null\n  value: 0.01\n"
    told = told_of(tmp_path, text)
    assert stated(told) == {"learning_rate": 0.01}


def test_settings_that_a_script_prints_are_found_in_its_output(tmp_path):
    text = (
        "starting\n[12:30] args: Namespace(batch_size=16, lr=0.1, momentum=0.9, optim='sgd', f=<function f at 0x1>)\n"
    )
    told = told_of(tmp_path, text, "out.log")
    assert stated(told) == {"batch_size": 16, "learning_rate": 0.1, "momentum": 0.9, "optimizer": "sgd"}
    assert {item.place.line for item in told.stated} == {2}


def test_printed_settings_that_are_cut_off_are_refused_with_their_line(tmp_path):
    with pytest.raises(IntakeError, match="line 2: expected settings as Python prints them"):
        told_of(tmp_path, "start\nNamespace(lr=0.1, b=[1, )\n", "out.log")


@cache
def states():
    return {name: frozenset(finding.states) for name, finding in knowledge.load().findings.items()}


def ends_well(folder, data, name):
    """Whatever the file, it is read or refused in one line, and what is read can be shown."""
    try:
        told = read_bytes(folder, data, name)
    except IntakeError as error:
        told, message = None, str(error)
    if told is None:
        message.encode()
        assert "\n" not in message
        return
    assert isinstance(told, Told)
    for item in (*told.stated, *told.found):
        item.place.words.encode()
        assert len(item.place.words) <= 120
        assert "\n" not in item.place.words
    for found in told.found:
        found.message.encode()
        assert "\n" not in found.message
        assert 0 < sum(found.likelihood.values()) <= 1.0
        assert found.likelihood.keys() <= states()[found.finding]


anything = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
names = st.sampled_from(["a.yaml", "a.json", "a.toml", "a.prototxt", "a.cfg", "a.log", "a"])


@anything
@given(data=st.binary(max_size=400), name=names)
def test_any_bytes_are_read_or_refused(tmp_path, data, name):
    ends_well(tmp_path, data, name)


@anything
@given(text=st.text(max_size=400), name=names)
def test_any_text_is_read_or_refused(tmp_path, text, name):
    ends_well(tmp_path, text.encode("utf-8", errors="surrogatepass"), name)


@anything
@given(text=st.text(alphabet="{}[]():,=&*!|>-'\"\n #ab1.e<$?%@`~\\/\t", max_size=200), name=names)
def test_any_marks_are_read_or_refused(tmp_path, text, name):
    ends_well(tmp_path, text.encode(), name)


KEYS = [
    *sorted({key for keys in (*ANYWHERE.values(), *WORDS.values()) for key in keys}),
    "betas", "eps", "momentum", "trainer", "precision", "_target_", "class_path", "init_args", "nc", "names", "train",
    "lr0", "lrf", "nbs", "warmup_epochs", "mosaic", "freeze", "device", "amp", "fp16", "bf16", "enabled",
    "zero_optimization", "train_micro_batch_size_per_gpu", "peft_type", "model_type", "architectures", "id2label",
    "log_history", "global_step", "optimization", "common", "dataset", "max_tokens", "optim_wrapper", "param_scheduler",
    "data", "train_cfg", "value", "_wandb", "torch_dtype", "mean", "block_size", "n_head", "n_layer", "init_from",
    "resume", "pretrained", "shuffle", "augment", "gpus", "devices", "accelerator", "gradient_clip_val", "tf32",
    "learning_rate", "adam_beta2", "num_train_epochs", "deepspeed", "layers", "class_name", "config",
]  # fmt: skip
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
    | st.sampled_from(["adam", "cosine", "1e-3", "auto", "${lr}", "(0.9, 0.98)", "torch.optim.SGD", "relu", "0,1", "16",
                       "${a.b}"])
)  # fmt: skip
TREES = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=25,
)


@anything
@given(value=st.dictionaries(st.sampled_from(KEYS), TREES, max_size=8))
def test_any_nesting_of_known_keys_is_read_or_refused(tmp_path, value):
    ends_well(tmp_path, json.dumps(value).encode(), "a.json")
    ends_well(tmp_path, yaml.safe_dump(value, allow_unicode=True).encode("utf-8", errors="replace"), "a.yaml")
    ends_well(tmp_path, f"INFO Namespace(a={value!r})".replace("\n", " ").encode("utf-8", errors="replace"), "a.log")
