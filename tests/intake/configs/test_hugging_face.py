import pytest

from tests.intake.configs.configs_written import shown, stated, told_of

ARGUMENTS = """
per_device_train_batch_size: 4
gradient_accumulation_steps: 8
learning_rate: 2e-5
adam_beta1: 0.9
adam_beta2: 0.95
adam_epsilon: 1.0e-6
max_grad_norm: 0.5
num_train_epochs: 3
max_steps: -1
warmup_ratio: 0.03
weight_decay: 0.1
lr_scheduler_type: cosine
optim: adamw_torch_fused
bf16: true
"""


def test_arguments_state_their_numbers(tmp_path):
    told = told_of(tmp_path, ARGUMENTS)
    assert stated(told) == {
        "batch_size": 4,
        "accumulation_steps": 8,
        "learning_rate": 2e-5,
        "beta1": 0.9,
        "beta2": 0.95,
        "epsilon": 1e-6,
        "clip_norm": 0.5,
        "epochs": 3,
        "warmup_ratio": 0.03,
        "weight_decay": 0.1,
        "schedule": "decay",
        "optimizer": "adamw",
    }
    assert shown(told) == {
        "framework": "hugging_face",
        "gradients_reset": "reset_each_update",
        "precision": "bf16",
    }


def test_a_limit_of_zero_is_no_clipping(tmp_path):
    assert stated(told_of(tmp_path, "per_device_train_batch_size: 4\nmax_grad_norm: 0.0\n"))["clip_norm"] == 0


def test_a_warmup_below_one_is_a_share(tmp_path):
    told = stated(told_of(tmp_path, "per_device_train_batch_size: 4\nwarmup_steps: 0.1\n"))
    assert told["warmup_ratio"] == 0.1
    assert "warmup_steps" not in told


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ("fp16: true", "fp16_amp"),
        ("bf16: true\nfp16: false", "bf16"),
        ("bf16: auto\nfp16: false", "bf16"),
        ("fp16: false\nbf16: false", "fp32"),
        ("fp16: false\nbf16: false\ntf32: true", "tf32_or_other"),
        ("torch_dtype: float16", "fp16_pure"),
        ("torch_dtype: bfloat16", "bf16"),
        ("load_in_4bit: true", "tf32_or_other"),
        ("mixed_precision: fp16", "fp16_amp"),
        ("mixed_precision: no", "fp32"),
        ("mixed_precision: 'no'", "fp32"),
    ],
)
def test_number_formats(tmp_path, lines, state):
    assert shown(told_of(tmp_path, f"per_device_train_batch_size: 4\n{lines}\n"))["precision"] == state


@pytest.mark.parametrize("lines", ["fp16: auto", "fp16: false", "torch_dtype: auto", "tf32: true"])
def test_number_formats_that_are_left_open_are_not_told(tmp_path, lines):
    assert "precision" not in shown(told_of(tmp_path, f"per_device_train_batch_size: 4\n{lines}\n"))


@pytest.mark.parametrize(
    ("lines", "finding", "state"),
    [
        ("adapter: qlora", "trained_part", "head_or_adapter_only"),
        ("finetuning_type: lora", "trained_part", "head_or_adapter_only"),
        ("finetuning_type: full", "trained_part", "everything"),
        ("use_peft: true", "trained_part", "head_or_adapter_only"),
        ("base_model: some/model", "initialization", "pretrained"),
        ("model_name_or_path: some/model", "initialization", "pretrained"),
        ("resume_from_checkpoint: out/checkpoint-500", "start_point", "resumed"),
        ("resume_from_checkpoint: true", "start_point", "resumed"),
        ("resume_from_checkpoint:", "start_point", "fresh"),
        ("use_cpu: true", "devices", "cpu"),
        ("cutoff_len: 1024", "task", "language_model"),
        ("disable_shuffling: true", "shuffling", "not_shuffled"),
    ],
)
def test_arguments_show_findings(tmp_path, lines, finding, state):
    assert shown(told_of(tmp_path, f"per_device_train_batch_size: 4\n{lines}\n"))[finding] == state


@pytest.mark.parametrize("lines", ["adapter:", "use_peft: false", "lora_r: 8", "model_name_or_path: null"])
def test_what_is_not_set_shows_nothing(tmp_path, lines):
    found = shown(told_of(tmp_path, f"per_device_train_batch_size: 4\n{lines}\n"))
    assert not {"trained_part", "initialization"} & found.keys()


def test_arguments_inside_a_section_are_found(tmp_path):
    text = "model:\n  model_name_or_path: a/b\ntrain_args:\n  per_device_train_batch_size: 2\n  learning_rate: 0.001\n"
    told = told_of(tmp_path, text)
    assert stated(told) == {"batch_size": 2, "learning_rate": 0.001}
    assert shown(told)["initialization"] == "pretrained"


def test_axolotl_is_read(tmp_path):
    text = """
    base_model: a/b
    adapter: lora
    micro_batch_size: 2
    gradient_accumulation_steps: 4
    num_epochs: 4
    optimizer: paged_adamw_8bit
    lr_scheduler: cosine
    learning_rate: 0.0002
    sequence_len: 2048
    """
    assert stated(told_of(tmp_path, text)) == {
        "batch_size": 2,
        "accumulation_steps": 4,
        "epochs": 4,
        "optimizer": "adamw",
        "schedule": "decay",
        "learning_rate": 0.0002,
    }


def test_a_nested_deepspeed_configuration_is_read(tmp_path):
    text = "per_device_train_batch_size: 2\ndeepspeed:\n  gradient_clipping: 0.3\n  fp16: {enabled: true}\n"
    told = told_of(tmp_path, text)
    assert stated(told)["clip_norm"] == 0.3
    assert shown(told)["precision"] == "fp16_amp"


def test_accelerate_is_read_without_a_word_on_its_loop(tmp_path):
    told = told_of(tmp_path, "distributed_type: MULTI_GPU\nmixed_precision: bf16\nnum_processes: 4\n")
    assert stated(told) == {"devices": 4}
    assert shown(told) == {"framework": "hugging_face", "precision": "bf16"}


def test_the_state_of_a_trainer_tells_batch_steps_and_epochs(tmp_path):
    text = '{"global_step": 900, "max_steps": 900, "num_train_epochs": 3, "train_batch_size": 16, "log_history": []}'
    told = told_of(tmp_path, text, "trainer_state.json")
    assert stated(told) == {"max_steps": 900, "epochs": 3, "batch_size": 16}


def test_a_classifier_tells_its_network(tmp_path):
    text = """
    {"architectures": ["BertForSequenceClassification"], "model_type": "bert", "hidden_act": "gelu",
     "hidden_dropout_prob": 0.1, "hidden_size": 768, "layer_norm_eps": 1e-12, "num_hidden_layers": 12,
     "id2label": {"0": "a", "1": "b", "2": "c"}, "_name_or_path": "bert-base-uncased", "vocab_size": 30522}
    """
    told = told_of(tmp_path, text, "config.json")
    assert stated(told) == {"dropout": 0.1, "hidden_units": 768, "classes": 3}
    assert shown(told) == {
        "network_kind": "transformer",
        "framework": "hugging_face",
        "network_depth": "deeper",
        "normalization_layers": "layer_or_group_norm",
        "hidden_activation": "leaky_or_smooth",
        "task": "classification",
        "loss_function": "cross_entropy_on_logits",
        "initialization": "pretrained",
    }


@pytest.mark.parametrize(
    ("architecture", "task", "loss"),
    [
        ("LlamaForCausalLM", "language_model", "cross_entropy_on_logits"),
        ("Wav2Vec2ForCTC", "sequence_alignment", "alignment_loss"),
        ("SegformerForSemanticSegmentation", "segmentation", None),
        ("DetrForObjectDetection", "detection", None),
        ("BertModel", None, None),
    ],
)
def test_architectures_tell_task_and_loss(tmp_path, architecture, task, loss):
    text = f'{{"architectures": ["{architecture}"], "model_type": "x", "transformers_version": "4.40.0"}}'
    found = shown(told_of(tmp_path, text, "config.json"))
    assert (found.get("task"), found.get("loss_function")) == (task, loss)


@pytest.mark.parametrize(
    ("problem", "task", "loss"),
    [
        ("regression", "regression", "squared_or_absolute_error"),
        ("multi_label_classification", "classification", "binary_cross_entropy"),
        ("single_label_classification", "classification", "cross_entropy_on_logits"),
    ],
)
def test_the_type_of_problem_decides_the_loss(tmp_path, problem, task, loss):
    text = (
        '{"architectures": ["XForSequenceClassification"], "model_type": "x", "vocab_size": 9, '
        f'"problem_type": "{problem}"}}'
    )
    found = shown(told_of(tmp_path, text, "config.json"))
    assert (found["task"], found["loss_function"]) == (task, loss)


def test_more_labels_than_names_are_told(tmp_path):
    text = (
        '{"architectures": ["XForImageClassification"], "model_type": "vit", "hidden_size": 9, "num_labels": 10, '
        '"id2label": {"0": "a", "1": "b"}}'
    )
    told = told_of(tmp_path, text, "config.json")
    assert shown(told)["compare_class_counts"] == "config_has_more"
    assert stated(told)["classes"] == 10


@pytest.mark.parametrize(("spread", "state"), [(1.0, "own_scale"), (0, "zeros_or_constant"), (0.02, None)])
def test_an_unusual_spread_of_new_weights_is_told(tmp_path, spread, state):
    text = f'{{"model_type": "gpt2", "vocab_size": 9, "initializer_range": {spread}}}'
    assert shown(told_of(tmp_path, text, "config.json")).get("initialization") == state


def test_an_adapter_freezes_the_rest(tmp_path):
    text = '{"peft_type": "LORA", "base_model_name_or_path": "a/b", "lora_dropout": 0.05}'
    told = told_of(tmp_path, text, "adapter_config.json")
    assert shown(told) == {
        "trained_part": "head_or_adapter_only",
        "framework": "hugging_face",
        "initialization": "pretrained",
    }
    assert stated(told) == {"dropout": 0.05}
