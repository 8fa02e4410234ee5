"""What people say in Chinese, alone or with English words among it."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from tests.intake.test_sentences import tally
from tests.intake.test_words import hold, real, states_of, told_of
from triage.intake.chinese_words import ENDINGS, PIECES
from triage.intake.words import LONGEST, compile_words, understand

SETS = {
    name: yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text("utf-8"))
    for name in ("chinese", "chinese_fresh")
}
UNRELATED = [text for sentences in SETS.values() for text in sentences["unrelated"]]

LEAST_PRECISION, LEAST_RECALL = 0.95, 0.95


@pytest.mark.parametrize("name", SETS)
def test_most_of_what_people_say_is_understood_and_little_is_misunderstood(index, name):
    found = tally(index, SETS[name]["said"], SETS[name]["unrelated"])
    assert len(found.right) / (len(found.right) + len(found.wrong)) >= LEAST_PRECISION
    assert len(found.right) / (len(found.right) + len(found.missed)) >= LEAST_RECALL


@pytest.mark.parametrize("text", UNRELATED)
def test_a_text_that_is_not_about_training_says_nothing(index, text):
    assert understand(index, text) == []


@pytest.mark.parametrize("text", ["loss不是nan", "没有出现nan，loss正常", "从来没有出现过nan的loss", "损失里没有NaN"])
def test_the_denial_of_what_is_wrong_as_such_leaves_the_normal_state(index, text):
    assert states_of(index, text)["nan_onset"] == {"none"}


@pytest.mark.parametrize(
    ("text", "finding", "state"),
    [
        ("试过降低学习率，没用", "lower_rate_tenfold", "no_effect"),
        ("把学习率调小也没用，还是nan", "lower_rate_tenfold", "no_effect"),
        ("降低学习率之后就正常了", "lower_rate_tenfold", "prevents"),
        ("换成SGD就好了", "swap_optimizer_for_sgd", "prevents"),
        ("试过梯度裁剪，没有效果", "clip_gradients", "no_effect"),
    ],
)
def test_what_was_tried_is_understood_with_what_came_of_it(index, text, finding, state):
    assert states_of(index, text)[finding] == {state}


def test_a_word_that_ends_a_clause_may_mean_something_else_than_before_another(index):
    assert states_of(index, "没有用dropout，loss不下降")["dropout"] == {"not_used"}
    assert states_of(index, "试过加dropout，没有用")["add_regularization"] == {"no_effect"}


def test_a_time_is_understood_though_its_word_stands_behind_it(index):
    assert states_of(index, "3个epoch后loss变成nan")["failure_time"] == {"early"}
    assert states_of(index, "第100个epoch的时候loss突然变成nan")["failure_time"] == {"after_long_progress"}
    assert states_of(index, "迭代2万次后loss突然变成nan")["training_length"] == {"thousands_of_updates"}


def test_traditional_characters_are_read_as_simplified_ones(index):
    simple, traditional = "学习率太大，训练损失发散", "學習率太大，訓練損失發散"
    assert states_of(index, simple) == states_of(index, traditional) != {}


def test_the_words_stand_where_they_are_written(index):
    text = "用PyTorch训练，损失一直不下降。"
    told = {item.finding: item for item in understand(index, text)}
    assert told["framework"].words == "PyTorch"
    assert told["train_loss_trend"].words == "损失一直不下降"
    assert all(text[item.start : item.end] == item.words for item in told.values())


def test_a_question_tells_of_no_setting(index):
    assert understand(index, "学习率太大了吗？要不要加warmup？") == []


def test_every_listed_word_typed_alone_is_understood(index, real_base):
    unmet = [
        (name, state, words)
        for translations in real_base.translations.values()
        for name, translation in translations.items()
        for state, said in translation.states.items()
        for words in (*said.words, *([said.complaint] if said.complaint else []))
        if (told := told_of(index, words, name)) is None or state not in told.states
    ]
    assert unmet == []


def test_words_of_another_language_are_not_looked_for_in_english(real_base):
    english = knowledge.KnowledgeBase(
        causes={}, findings=real_base.findings, remedies=real_base.remedies, pairs={}, sources={}, hash=""
    )
    without, index = compile_words(english), compile_words(real_base)
    for text in ("the loss is nan", "validation accuracy is unchanged", "a single GPU works", "weights stay constant"):
        assert understand(index, text) == understand(without, text)


MIXED = [
    *PIECES,
    *ENDINGS,
    "loss",
    "nan",
    "lr=0.1",
    "，",
    "。",
    "？",
    " ",
    "12",
    "个epoch后",
    "不",
    "🙂",
    "\ud800",
    "A",
]


@given(st.lists(st.sampled_from(MIXED), max_size=40))
def test_chinese_in_any_mixture_keeps_the_offsets_true(pieces):
    hold(real()[1], "".join(pieces))


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=200))
def test_any_chinese_is_read_without_harm(text):
    hold(real()[1], text)


@pytest.mark.parametrize("part", ["损失", "不", "一", "龘", "第3个epoch后loss变成nan，", "学习率"])
def test_a_long_text_is_read_as_far_as_its_first_characters(index, part):
    text = part * (100_000 // len(part))
    hold(index, text)
    assert understand(index, text) == understand(index, text[:LONGEST])
