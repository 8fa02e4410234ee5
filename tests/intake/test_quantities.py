"""What numbers a text states: only those whose name and value unmistakably belong together."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.intake.chance import chance_levels
from triage.intake.found import NUMBERS
from triage.intake.quantities import LONGEST, quantities
from triage.intake.written_numbers import NUMBER, value_of


def values(text):
    return {item.name: item.value for item in quantities(text)}


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("lr=3e-4", {"learning_rate": 3e-4}),
        ("my learning rate of 0.0173 seems fine", {"learning_rate": 0.0173}),
        ("LR: .001", {"learning_rate": 0.001}),
        ("learning_rate was set to 1×10^-3", {"learning_rate": 0.001}),
        ("base_lr is 1e−2", {"learning_rate": 0.01}),
        ("optim.Adam(0.002)", {"learning_rate": 0.002}),
        ("plain SGD with rate 0.1", {"learning_rate": 0.1}),
        ("a 0.05 learning rate", {"learning_rate": 0.05}),
        ("peak learning rate 6e-4", {"learning_rate": 6e-4}),
        ("batch size 1", {"batch_size": 1}),
        ("bs 4096", {"batch_size": 4096}),
        ("batch size of 4,096", {"batch_size": 4096}),
        ("minibatches of 128", {"batch_size": 128}),
        ("one image per batch", {"batch_size": 1}),
        ("8 samples per GPU", {"batch_size": 8}),
        ("per_device_train_batch_size=4", {"batch_size": 4}),
        ("Adam, eps 1e-8", {"epsilon": 1e-8}),
        ("adam_epsilon = 0.001", {"epsilon": 0.001}),
        ("beta2 .98", {"beta2": 0.98}),
        ("betas=(0.9, 0.98)", {"beta2": 0.98}),
        ("beta_1=0.5", {"beta1": 0.5}),
        ("SGD, momentum 0.9", {"momentum": 0.9}),
        ("weight decay 0.1", {"weight_decay": 0.1}),
        ("wd=5e-4", {"weight_decay": 5e-4}),
        ("weight decay: 0,01", {"weight_decay": 0.01}),
        ("dropout 0.9", {"dropout": 0.9}),
        ("nn.Dropout(p=0.3)", {"dropout": 0.3}),
        ("dropout of 50 %", {"dropout": 0.5}),
        ("keep_prob=0.8", {"dropout": 0.2}),
        ("clip at 1.0", {"clip_norm": 1.0}),
        ("gradient clipping at norm 35", {"clip_norm": 35}),
        ("max_grad_norm=0.3", {"clip_norm": 0.3}),
        ("clipvalue=0.5", {"clip_value": 0.5}),
        ("warmup 500 steps", {"warmup_steps": 500}),
        ("10k warm-up iterations", {"warmup_steps": 10_000}),
        ("linear warmup over the first 2000 updates", {"warmup_steps": 2000}),
        ("warmup_ratio 0.03", {"warmup_ratio": 0.03}),
        ("warm-up of 10% of the steps", {"warmup_ratio": 0.1}),
        ("trained 3 epochs", {"epochs": 3}),
        ("num_train_epochs=5", {"epochs": 5}),
        ("MSE, 30 epochs, no shuffling", {"epochs": 30}),
        ("trained for 20k steps", {"max_steps": 20_000}),
        ("max_steps 5000", {"max_steps": 5000}),
        ("12 layers", {"layers": 12}),
        ("a 12-layer transformer", {"layers": 12}),
        ("three hidden layers", {"layers": 4}),
        ("5 hidden sigmoid units and one output", {"hidden_units": 5}),
        ("hidden_size=512", {"hidden_units": 512}),
        ("10 classes", {"classes": 10}),
        ("a two-class problem", {"classes": 2}),
        ("num_classes: 80", {"classes": 80}),
        ("accumulate gradients over 8 batches", {"accumulation_steps": 8}),
        ("trained on 4 GPUs", {"devices": 4}),
        ("8x A100", {"devices": 8}),
        ("trained on 1200 pictures", {"samples": 1200}),
        ("fitted to 64 random points", {"samples": 64}),
        ("my data set has 5000 rows", {"samples": 5000}),
    ],
)
def test_a_value_with_its_name_is_stated(text, stated):
    assert values(text) == pytest.approx(stated)


@pytest.mark.parametrize(
    "text",
    [
        "tried 0.1, 0.01 and 0.001",
        "I tried lr 0.1, 0.01 and 0.001",
        "I tried a learning rate of 1e-5",
        "learning rates from 1e-3 to 1e-5",
        "lr between 0.1 and 0.01",
        "lr 1e-3/1e-4",
        "the rate decays from 0.1 to 0.001",
        "lr 0.1 -> 0.01",
        "batch sizes 16, 32 and 64",
        "even with lr 1e-6 it is nan",
        "only with a learning rate of 1e-7 it fits",
        "if I use batch size 1 it fails",
        "with lr 0.001 it works",
        "should I use dropout 0.5?",
        "would a batch size of 64 help?",
        "I lowered the learning rate to 1e-6",
        "the paper used a batch size of 256",
        "the learning rate is not 0.1",
        "clipping the gradient norm at 5.0 did not prevent it",
        "the final learning rate is 1e-6",
        "learning rate decay 0.1",
        "batch norm momentum 0.1",
        "LayerNorm eps 1e-5",
        "label smoothing epsilon 0.1",
        "epsilon-greedy with epsilon 0.1",
        "lora_dropout=0.05",
        "an effective batch size of 512",
        "clip the reward at 1",
        "nan after 3 epochs",
        "at epoch 40 it fails",
        "every 30 epochs",
        "the first 5 epochs",
        "after 2000 iterations",
        "the last 2 layers",
        "two more layers",
        "1000 images per class",
        "20 test images",
        "loss of 0.1",
        "v1.13.1 of resnet50",
        "a lr.",
        "batch size 0.5",
        "dropout 3",
        "lr 1e999",
        "lr=-1",
    ],
)
def test_what_is_tried_or_asked_or_means_something_else_is_not_stated(text):
    assert values(text) == {}


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("学习率0.001，batch size设为32", {"learning_rate": 0.001, "batch_size": 32}),
        ("权重衰减1e-4，动量0.9", {"weight_decay": 1e-4, "momentum": 0.9}),
        ("训练了100个epoch，dropout为0.5", {"epochs": 100, "dropout": 0.5}),
        ("迭代5万次", {"max_steps": 50_000}),
        ("预热1000步，8张A100", {"warmup_steps": 1000, "devices": 8}),
        ("只有500张图片，10分类", {"samples": 500, "classes": 10}),
        ("三层全连接网络，每层10个神经元", {"layers": 3, "hidden_units": 10}),
        ("梯度裁剪阈值为5，lr是3e-4", {"clip_norm": 5, "learning_rate": 3e-4}),
    ],
)
def test_a_value_with_its_name_is_stated_in_chinese(text, stated):
    assert values(text) == pytest.approx(stated)


@pytest.mark.parametrize(
    "text",
    [
        "我试过学习率0.01和0.001",
        "学习率从0.1到0.001",
        "学习率0.1、0.01、0.001都一样",
        "如果学习率是0.1就爆炸",
        "学习率0.1是不是太大了吗",
        "把学习率调到1e-5",
        "训练了3个epoch后loss变成nan",
        "第3层，第10个epoch",
    ],
)
def test_what_is_tried_or_asked_in_chinese_is_not_stated(text):
    assert values(text) == {}


def test_two_values_of_one_name_state_none_of_them():
    assert values("lr 0.1 for the head. lr 0.001 for the body") == {}
    assert values("lr 0.1. As said, lr=0.1") == {"learning_rate": 0.1}


def test_a_trial_beside_a_setting_leaves_the_setting():
    assert values("my learning rate is 0.001 but 0.0001 did not help") == {"learning_rate": 0.001}
    assert values("lr is 0.01. I tried lr 0.001, no difference") == {"learning_rate": 0.01}


def test_a_line_of_settings_states_them_all():
    text = "SGD lr=0.01 momentum=0.9 wd=5e-4 bs=128 epochs=200, 2 GPUs, dropout 0.5, 20 classes"
    assert values(text) == {
        "learning_rate": 0.01,
        "momentum": 0.9,
        "weight_decay": 5e-4,
        "batch_size": 128,
        "epochs": 200,
        "devices": 2,
        "dropout": 0.5,
        "classes": 20,
    }


def hold(text):
    """The laws of every answer, whatever the text."""
    told = quantities(text)
    assert len({item.name for item in told}) == len(told)
    for item in told:
        assert item.name in NUMBERS
        assert math.isfinite(item.value)
        assert item.place.file == ""
        assert item.place.line is None
        assert item.place.words
        assert item.place.words in text[:LONGEST]
        assert re.search(NUMBER, item.place.words, re.IGNORECASE | re.ASCII)
    for found in chance_levels(text, told):
        assert found.place.words in text[:LONGEST]
    return told


PIECES = [
    "lr", "learning rate", "=", " of ", "1e-3", "0.1", ".98", "10^-4", "1e999", "batch size", "bs", "32", " and ", ", ",
    "to", "betas=(", ")", "学习率", "为", "批大小", "张图片", "，", "第", "三", "层", "万", "0.9", "dropout", "50 %",
    "epochs", "steps", "warmup", "12", "layers", "classes", "GPUs", "clip at ", "\n", ". ", "tried", "\0", "🙂", "−",
    "loss is ", "2.303", "ten", "?",
]  # fmt: skip


@given(st.text(max_size=300))
def test_any_text_is_read_without_harm_and_the_places_hold_its_words(text):
    hold(text)


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from([" ", "", "  "]))
def test_names_and_numbers_in_any_mixture_do_no_harm(pieces, between):
    hold(between.join(pieces))


@given(st.floats(1e-8, 10.0), st.sampled_from(["{:g}", "{:.3e}", "{:f}"]))
def test_a_rate_is_read_however_it_is_written(rate, form):
    written = form.format(rate)
    told = values(f"learning rate {written}, Adam")
    assert told == ({"learning_rate": pytest.approx(float(written))})


@pytest.mark.parametrize(
    "part", ["lr ", "1,", "batch size is set to ", "clip_grad_norm_(", "learning rate of a value of "]
)
def test_a_megabyte_is_read_as_far_as_its_first_characters(part):
    text = part * (1_000_000 // len(part))
    assert hold(text) == quantities(text[:LONGEST])


@pytest.mark.parametrize(
    ("written", "value"),
    [("3e-4", 3e-4), (".98", 0.98), ("1 x 10^-4", 1e-4), ("10**-3", 1e-3), ("10k", 1e4), ("5M", 5e6), ("4,096", 4096),
     ("0,001", 0.001), ("50 %", 0.5), ("ten", 10), ("5万", 50_000), ("三", 3)],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(written, value):
    assert re.fullmatch(NUMBER, written, re.IGNORECASE | re.ASCII)
    assert value_of(written) == pytest.approx(value)


def at_chance(text):
    return bool(chance_levels(text, quantities(text)))


@pytest.mark.parametrize(
    "text",
    [
        "ten classes, the loss stays at 2.30",
        "10分类，loss一直在2.30",
        "the loss is stuck at 3.91 with 50 classes",
        "accuracy stays at 5% on 20 classes",
        "binary or not: num_classes=2, loss is always 0.693",
    ],
)
def test_a_level_of_the_loss_that_is_a_blind_guess_among_the_classes_is_found(text):
    assert at_chance(text)


@pytest.mark.parametrize(
    "text",
    [
        "ten classes, the loss stays at 1.1",
        "loss stays at 2.30",
        "ten classes and the initial loss is 2.30",
        "20 classes",
    ],
)
def test_another_level_or_no_count_of_classes_says_nothing(text):
    assert not at_chance(text)
