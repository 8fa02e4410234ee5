"""Laws of understanding a text, on the real knowledge."""

import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from triage.intake.words import LONGEST, Understood, compile_words, understand


@cache
def real():
    base = knowledge.load()
    return base, compile_words(base)


@cache
def listed():
    """(Finding, state, words) of everything that the knowledge lists."""
    base, _ = real()
    return [
        (finding.id, name, words)
        for finding in base.findings.values()
        for name, state in finding.states.items()
        for words in state.words
    ]


def states_of(index, text):
    return {told.finding: set(told.states) for told in understand(index, text)}


def told_of(index, text, finding):
    return next((told for told in understand(index, text) if told.finding == finding), None)


def hold(index, text):
    """The laws of every answer, whatever the text."""
    base, _ = real()
    answers = understand(index, text)
    assert len({told.finding for told in answers}) == len(answers)
    for told in answers:
        assert 0 <= told.start <= told.end <= min(len(text), LONGEST)
        assert text[told.start : told.end] == told.words
        assert 0.0 < told.score <= 1.0
        finding = base.finding(told.finding)
        assert told.states
        assert [state for state in finding.states if state in told.states] == list(told.states)
        assert len(told.states) < len(finding.states)


ODD = ["\0", "\u202e", "🙂", "é", "\ud800", "n't", "’", "1e999", "-", "(", "0.1", "%", "not", "no", "tried", "?", "."]


@given(st.text(max_size=300))
def test_any_text_is_read_without_harm_and_its_offsets_are_true(text):
    hold(real()[1], text)


@given(st.data())
def test_words_of_the_knowledge_in_any_mixture_keep_the_offsets_true(data):
    words = data.draw(st.lists(st.one_of(st.sampled_from([words for *_, words in listed()]), st.sampled_from(ODD))))
    hold(real()[1], data.draw(st.sampled_from([" ", ", ", ". ", "\n", ""])).join(words))


def test_words_for_every_state_of_a_setting_say_nothing_of_it(index):
    assert told_of(index, "only one loss term blows uponly one loss term blows up", "loss_terms") is None


@pytest.mark.parametrize(
    "text",
    ["after three epochs the loss is nan", "训练到第三个epoch后loss变成nan", "第3个epoch后loss变成nan"],
)
def test_a_number_of_epochs_is_none_of_losses(index, text):
    assert told_of(index, text, "loss_terms") is None
    assert "epoch" in told_of(index, text, "failure_time").words


@pytest.mark.parametrize("text", ["three losses, one is nan", "有三个loss, 其中一个变成nan"])
def test_a_number_of_losses_is_one(index, text):
    assert told_of(index, text, "loss_terms").states == ("several",)


@pytest.mark.parametrize("part", ["x", "loss nan ", "not ", "1,", "🙂", "\0", "n't", "tried a lower lr, "])
def test_a_megabyte_is_read_as_far_as_its_first_characters(index, part):
    text = part * (1_000_000 // len(part))
    hold(index, text)
    assert understand(index, text) == understand(index, text[:LONGEST])


def test_what_stands_behind_the_longest_text_is_not_read(index):
    assert understand(index, "x " * (LONGEST // 2) + "the loss is nan") == []
    assert understand(index, "x " * (LONGEST // 2 - 20) + "the loss is nan") != []


def test_every_entry_typed_alone_is_understood(index):
    unmet = [
        (finding, state, words)
        for finding, state, words in listed()
        if (told := told_of(index, words, finding)) is None or state not in told.states or told.negated
    ]
    assert unmet == []


@given(st.data())
def test_a_slip_of_the_keys_in_a_long_word_of_an_entry_does_no_harm(data):
    finding, state, words = data.draw(st.sampled_from([item for item in listed() if len(item[2].split()) > 1]))
    long = list(re.finditer("[A-Za-z]{6,}", words))
    if not long:
        return
    word = data.draw(st.sampled_from(long))
    place = data.draw(st.integers(word.start(), word.end() - 2))
    slipped = words[:place] + words[place + 1] + words[place] + words[place + 2 :]
    assert state in states_of(real()[1], slipped).get(finding, ())


NEGATIVE = re.compile(
    r"n't|no_|\b(?:no|not|never|without|none|nothing|cannot|instead|neither|nor|fails?|forgot|disabl\w+|off)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("denial", ["not", "no"])
def test_a_denial_before_an_entry_never_yields_its_state(index, denial):
    affirmed = [
        (finding, state, words)
        for finding, state, words in listed()
        if not NEGATIVE.search(words) and state in states_of(index, f"{denial} {words}").get(finding, ())
    ]
    assert affirmed == []


@pytest.mark.parametrize(
    "text",
    [
        "no NaN",
        "the loss is not nan",
        "the loss isn't NaN",
        "loss never becomes nan",
        "I do not see any nan in the loss",
        "the loss doesnt go to nan",
        "NaN was never seen, not even once is the loss nan",
    ],
)
def test_the_denial_of_what_is_wrong_as_such_leaves_the_normal_state(index, text):
    assert states_of(index, text)["nan_onset"] == {"none"}


def test_the_denial_of_one_of_two_states_is_the_other(index):
    assert states_of(index, "I am not using gradient accumulation") == {"gradient_accumulation": {"not_used"}}


def test_the_denial_of_one_of_many_states_leaves_all_others(index, real_base):
    told = told_of(index, "the optimizer is not Adam", "optimizer")
    assert told.negated
    assert set(told.states) == set(real_base.finding("optimizer").states) - {"adam"}


def test_a_denial_that_an_entry_holds_itself_is_a_plain_statement(index):
    for text in ("without batch norm", "I do not use dropout", "dropout is not used", "augmentation turned off"):
        (told,) = understand(index, text)
        assert (told.states, told.negated) == (("not_used",), False)


@pytest.mark.parametrize(
    "text", ["I have no idea why the loss is nan", "not sure why the loss is nan", "I don't know why the loss is nan"]
)
def test_not_knowing_why_does_not_deny_what(index, text):
    assert "none" not in states_of(index, text)["nan_onset"]


def test_a_denial_ends_with_its_clause(index):
    told = states_of(index, "I don't use dropout, but weight decay of 0.01, and no clipping because the loss explodes")
    assert told["dropout"] == {"not_used"}
    assert told["weight_decay"] == {"usual"}
    assert told["train_loss_trend"] == {"diverging"}


def test_a_sentence_tells_several_findings_each_with_its_words(index):
    text = "loss is nan after 3 epochs, adam, relu, fp16"
    told = {item.finding: item.words for item in understand(index, text)}
    assert told["optimizer"] == "adam"
    assert told["hidden_activation"] == "relu"
    assert told["precision"] == "fp16"
    assert told["nan_onset"] == "nan after 3 epochs"
    assert [item.start for item in understand(index, text)] == sorted(item.start for item in understand(index, text))


def test_the_longest_entry_wins(index):
    assert states_of(index, "relu in the last layer") == {"output_activation": {"relu"}}
    assert states_of(index, "my SGD has momentum 0.9")["optimizer"] == {"sgd_momentum"}
    assert "train_loss_trend" not in states_of(index, "val loss increases while train loss decreases")


def test_a_name_stays_true_inside_a_longer_entry_of_another_setting(index):
    assert states_of(index, "lr=0.1 with Adam") == {"learning_rate_size": {"far_above_usual"}, "optimizer": {"adam"}}


def test_words_that_two_findings_list_are_understood_as_both(index):
    assert set(states_of(index, "MNIST")) == {"task", "training_set_size"}


def test_words_that_two_states_list_leave_both(index):
    assert states_of(index, "lr 0.1") == {"learning_rate_size": {"usual", "far_above_usual"}}


def test_two_states_told_apart_from_each_other_leave_both(index):
    text = "some runs use Adam, the rest of the training runs RMSprop"
    told = told_of(index, text, "optimizer")
    assert told.states == ("adam", "rmsprop")
    assert told.words == "Adam, the rest of the training runs RMSprop"


@pytest.mark.parametrize(
    ("text", "finding", "state"),
    [
        ("tried a lower rate, no effect", "lower_rate_tenfold", "no_effect"),
        ("I tried lowering the learning rate", "lower_rate_tenfold", "no_effect"),
        ("I tried a lower learning rate and it works now", "lower_rate_tenfold", "prevents"),
        ("tried a smaller lr, it only fails later", "lower_rate_tenfold", "delays"),
        ("we tried to balance the classes without success", "balance_classes", "no_effect"),
        ("I tried to correct the labels, which helped", "correct_labels", "helped"),
        ("I tried gathering more data but nothing changed", "gather_more_data", "no_effect"),
    ],
)
def test_what_was_tried_is_understood_with_what_came_of_it(index, text, finding, state):
    assert states_of(index, text)[finding] == {state}


@pytest.mark.parametrize(
    "text",
    [
        "we gather more data",
        "more data would be nice",
        "I have not tried a lower learning rate",
        "would a smaller learning rate help?",
        "should I use batch norm or dropout?",
    ],
)
def test_a_remedy_without_a_word_of_trying_and_a_question_tell_of_no_trial(index, text):
    assert understand(index, text) == []


def test_a_setting_that_was_only_tried_is_not_how_the_run_is_set_up(index):
    assert "optimizer" not in states_of(index, "I tried RMSprop, same problem, loss is nan")


def test_a_label_that_one_finding_has_is_understood_typed_alone(index):
    assert states_of(index, "Falls, then slowly climbs again") == {"train_loss_trend": {"falls_then_rises"}}
    assert understand(index, "No difference") == []


def test_stop_words_alone_say_nothing(index):
    for text in ("it is as it was and so on", "at the very", "all always still", "is it not", "to be or not to be"):
        assert understand(index, text) == []


def test_the_case_and_the_way_of_writing_do_not_matter(index):
    for text in ("CROSS ENTROPY LOSS", "cross-entropy loss", "Crossentropy loss"):
        assert "cross_entropy_on_logits" in states_of(index, text)["loss_function"]
    for text in ("batch_size=32", "batch size of 32", "BATCHSIZE: 32", "batchsize 32"):
        assert states_of(index, text) == {"batch_size": {"ordinary"}}
    for text in ("lr=1e-3", "learning rate 0.001", "LR of .001"):
        assert states_of(index, text) == {"learning_rate_size": {"usual"}}


def test_a_number_is_never_taken_for_another(index):
    assert states_of(index, "batch size 2")["batch_size"] == {"tiny"}
    assert "batch_size" not in states_of(index, "batch size 29")


def test_an_index_of_an_empty_base_understands_nothing():
    empty = knowledge.KnowledgeBase(causes={}, findings={}, remedies={}, pairs={}, sources={}, hash="")
    assert understand(compile_words(empty), "the loss is nan") == []


def test_what_is_understood_is_plain_data(index):
    (told,) = understand(index, "we use Adam")
    assert told == Understood("optimizer", ("adam",), "Adam", 7, 11, False, 1.0)


TRIED = "swap_optimizer_for_sgd"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("with SGD it blows up sooner", {TRIED: {"fails_sooner"}}),
        ("it blows up sooner with SGD", {TRIED: {"fails_sooner"}}),
        ("using SGD it diverges even earlier", {TRIED: {"fails_sooner"}}),
        ("with SGD it blows up faster", {TRIED: {"fails_sooner"}}),
        ("with plain SGD it fails sooner than with Adam", {TRIED: {"fails_sooner"}, "optimizer": {"adam"}}),
        ("用SGD更早发散", {TRIED: {"fails_sooner"}}),
        ("用 SGD 反而更早就炸了", {TRIED: {"fails_sooner"}}),
        ("换成SGD更早爆炸", {TRIED: {"fails_sooner"}}),
        ("switched to SGD and it is fine", {TRIED: {"prevents"}}),
        ("with SGD it works fine", {TRIED: {"prevents"}}),
        ("换成SGD就好了", {TRIED: {"prevents"}}),
        ("I use SGD", {"optimizer": {"sgd"}}),
        ("I use SGD and it blows up earlier than expected", {"optimizer": {"sgd"}}),
        ("switched to SGD", {"optimizer": {"sgd"}}),
        ("with SGD it diverges", {"optimizer": {"sgd"}}),
        ("我用SGD优化器", {"optimizer": {"sgd"}}),
        ("with a larger batch it fails sooner", {"enlarge_batch": {"no_effect"}}),
    ],
)
def test_an_optimizer_under_which_it_fails_sooner_was_tried_and_is_not_the_one_in_use(text, said):
    assert states_of(real()[1], text) == said


def test_of_two_optimizers_the_one_that_fails_sooner_is_the_one_that_was_tried():
    for text in (
        "Adam diverges after 3000 steps; with SGD it blows up sooner",
        "用 Adam 训练发散，用 SGD 反而更早就炸了",
    ):
        said = states_of(real()[1], text)
        assert (said["optimizer"], said[TRIED]) == ({"adam"}, {"fails_sooner"}), text
