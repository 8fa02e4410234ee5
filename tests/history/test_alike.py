from hypothesis import given
from hypothesis import strategies as st

from triage.history.alike import Alike, split_line

ROW = "2024-01-01 12:0{}:00,123 INFO epoch {} [{:5d}/1000] loss {} | lr {} 12ms"


def row(minute, epoch, done, loss, rate):
    return ROW.format(minute, epoch, done, repr(loss), repr(rate))


def names_of(line, **wanted):
    words, numbers = split_line(line)
    return words, numbers, {numbers.index(text): name for name, text in wanted.items()}


ROWS = st.tuples(
    st.integers(0, 9), st.integers(0, 99), st.integers(0, 999), st.floats(), st.floats(allow_nan=False, min_value=0)
)


@given(st.lists(ROWS, min_size=1, max_size=10))
def test_lines_that_differ_in_their_numbers_alone_are_read_like_the_first(rows):
    alike = Alike()
    first = row(1, 2, 3, 0.5, 0.25)
    alike.learn(*names_of(first, epoch="2", loss="0.5", lr="0.25"), said=("loss",))
    for minute, epoch, done, loss, rate in rows:
        line = row(minute, epoch, done, loss, rate)
        found = alike.read(line)
        assert found is not None
        values, said = found
        assert said == ("loss",)
        assert {name: repr(value) for name, value in values.items()} == {
            "epoch": repr(float(epoch)),
            "loss": repr(loss),
            "lr": repr(rate),
        }


def test_a_line_with_other_words_or_another_spelling_is_not_read():
    alike = Alike()
    alike.learn(*names_of("step 1 loss 0.5", step="1", loss="0.5"))
    assert alike.read("step 2 loss 0.25") == ({"step": 2.0, "loss": 0.25}, ())
    assert alike.read("step  2   loss 0.25") is not None
    for other in (
        "step 2 loss 0.25 ",
        "step 2 Loss 0.25",
        "step 2 loss 0.25s",
        "step 2 loss 1.2.3",
        "step 2 loss 1.#QNAN",
    ):
        assert alike.read(other) is None, other


def test_what_stands_in_lines_above_is_kept_until_it_is_forgotten():
    alike = Alike()
    words, numbers, names = names_of("loss 0.5", loss="0.5")
    alike.learn(words, numbers, names, {"epoch": 3.0})
    assert alike.read("loss 0.25") == ({"loss": 0.25, "epoch": 3.0}, ())
    alike.forget()
    assert alike.read("loss 0.25") is None


def test_times_and_dates_are_one_piece_each():
    words, numbers = split_line("2024-01-01 12:00:00,123 epoch 1 eta 1:02:03 at 09/02/20 loss 1.5e-3 nan v2 1,234.5")
    assert numbers == ["2024-01-01 12:00:00,123", "1", "1:02:03", "09/02/20", "1.5e-3", "nan", "1,234.5"]
    assert len(words) == len(numbers) + 1
