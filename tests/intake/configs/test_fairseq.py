import pytest

from tests.intake.configs.configs_written import shown, stated, told_of

TREE = """
common: {fp16: true}
task: {_name: translation}
dataset: {max_tokens: 4096}
criterion: {_name: label_smoothed_cross_entropy, label_smoothing: 0.1}
optimization: {max_update: 50000, lr: [0.0005], update_freq: [8], clip_norm: 0.0}
optimizer: {_name: adam, adam_betas: "(0.9, 0.98)", adam_eps: 1e-08, weight_decay: 0.0001}
lr_scheduler: {_name: inverse_sqrt, warmup_updates: 4000}
model: {_name: transformer, dropout: 0.3}
"""

NUMBERS = {
    "max_steps": 50000,
    "clip_norm": 0,
    "epsilon": 1e-8,
    "weight_decay": 0.0001,
    "warmup_steps": 4000,
    "dropout": 0.3,
    "learning_rate": 0.0005,
    "accumulation_steps": 8,
    "beta1": 0.9,
    "beta2": 0.98,
    "optimizer": "adamw",
    "schedule": "decay",
}

FINDINGS = {
    "precision": "fp16_amp",
    "loss_function": "cross_entropy_on_logits",
    "task": "language_model",
    "network_kind": "transformer",
    "framework": "pytorch",
    "gradients_reset": "reset_each_update",
}

FLAT = (
    "2020-10-12 10:10:10 | INFO | fairseq_cli.train | Namespace(adam_betas='(0.9, 0.98)', adam_eps=1e-08, "
    "arch='transformer', clip_norm=0.0, criterion='label_smoothed_cross_entropy', dropout=0.3, fp16=True, lr=[0.0005], "
    "lr_scheduler='inverse_sqrt', max_tokens=4096, max_update=50000, optimizer='adam', task='translation', "
    "update_freq=[8], warmup_updates=4000, weight_decay=0.0001)"
)

NESTED = (
    "2021-10-12 10:10:10 | INFO | fairseq_cli.train | {'_name': None, 'common': {'_name': None, 'fp16': True}, "
    "'dataset': {'max_tokens': 4096}, 'optimization': {'max_update': 50000, 'lr': [0.0005], 'update_freq': [8], "
    "'clip_norm': 0.0}, 'model': Namespace(_name='transformer', dropout=0.3), 'task': {'_name': 'translation'}, "
    "'criterion': {'_name': 'label_smoothed_cross_entropy', 'label_smoothing': 0.1}, 'optimizer': {'_name': 'adam', "
    "'adam_betas': '(0.9, 0.98)', 'adam_eps': 1e-08, 'weight_decay': 0.0001, 'lr': [0.0005]}, "
    "'lr_scheduler': {'_name': 'inverse_sqrt', 'warmup_updates': 4000}}"
)


@pytest.mark.parametrize(
    ("text", "name"), [(TREE, "a.yaml"), (f"start\n{FLAT}\nepoch 1\n", "a.log"), (NESTED, "a.log")]
)
def test_the_same_settings_are_read_however_they_are_written(tmp_path, text, name):
    told = told_of(tmp_path, text, name)
    assert stated(told) == NUMBERS
    assert shown(told) == FINDINGS
    assert told.notes == ("A batch is limited to 4096 tokens, so the number of its samples is not known.",)


def test_a_printed_value_is_shown_from_its_name_on(tmp_path):
    told = told_of(tmp_path, f"start\n{FLAT}\n", "a.log")
    place = next(item.place for item in told.stated if item.name == "clip_norm")
    assert place.line == 2
    assert place.words.startswith("clip_norm=0.0, ")


@pytest.mark.parametrize(
    ("common", "state"),
    [
        ("{fp16: false}", "fp32"),
        ("{bf16: true, fp16: false}", "bf16"),
        ("{fp16: true, memory_efficient_fp16: true}", "fp16_pure"),
        ("{seed: 1}", None),
    ],
)
def test_number_formats(tmp_path, common, state):
    told = told_of(tmp_path, TREE.replace("{fp16: true}", common))
    assert shown(told).get("precision") == state


def test_a_batch_that_is_limited_in_samples_is_stated(tmp_path):
    told = told_of(tmp_path, TREE.replace("{max_tokens: 4096}", "{max_tokens: 4096, batch_size: 32}"))
    assert stated(told)["batch_size"] == 32
    assert not told.notes


def test_ctc_is_an_alignment(tmp_path):
    found = shown(told_of(tmp_path, TREE.replace("label_smoothed_cross_entropy", "ctc")))
    assert found["loss_function"] == "alignment_loss"


def test_three_stages_tell_the_share_of_the_warmup(tmp_path):
    text = TREE.replace(
        "{_name: inverse_sqrt, warmup_updates: 4000}", "{_name: tri_stage, phase_ratio: [0.1, 0.4, 0.5]}"
    )
    assert stated(told_of(tmp_path, text))["warmup_ratio"] == 0.1
