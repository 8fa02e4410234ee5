import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from tests.tui.apps import until
from triage.wording import ENGLISH
from tui.evidence_bars import BarRow, EvidenceBars, bar, bar_lines, probability_bar, signed

ROWS = [BarRow("Optimizer: Adam", 8.0), BarRow("Warm-up: in use", -4.0), BarRow("Seed: fixed", 0.0)]
decibans = st.floats(-200, 200) | st.sampled_from([float("inf"), float("-inf")])
labels = st.text(max_size=120).filter(lambda text: text.strip())


@pytest.mark.parametrize(
    ("value", "shown"),
    [(8.44, "+8.4"), (-2.06, "−2.1"), (0.0, "0.0"), (-0.04, "0.0"), (float("-inf"), "−∞"), (float("inf"), "+∞")],
)
def test_a_number_has_its_sign(value, shown):
    assert signed(value) == shown


def test_what_speaks_for_is_right_of_the_zero_line_and_what_speaks_against_left_of_it():
    assert bar(8.0, 8.0, 4).plain == "    │████"
    assert bar(-4.0, 8.0, 4).plain == "  ▒▒│    "
    assert bar(0.0, 8.0, 4).plain == "    │    "


def test_what_is_small_is_still_to_be_seen():
    assert bar(0.1, 100.0, 10).plain.count("█") == 1
    assert probability_bar(0.001, 10).plain == "█░░░░░░░░░"
    assert probability_bar(0.0, 10).plain == "░" * 10


def test_a_wide_table_has_words_number_and_bar_on_one_line():
    lines = [line.plain for line in bar_lines(ROWS, 80, ENGLISH)]
    assert "against │ for" in lines[0]
    assert lines[1].startswith("Optimizer: Adam")
    assert "+8.0" in lines[1]
    assert lines[1].rstrip().endswith("█")
    assert len({line.index("│") for line in lines}) == 1


def test_a_narrow_table_has_the_bar_under_its_words():
    lines = [line.plain for line in bar_lines(ROWS, 40, ENGLISH)]
    assert lines[1] == "Optimizer: Adam"
    assert "█" in lines[2]
    assert lines[2].endswith("+8.0")


@given(st.lists(st.builds(BarRow, labels, decibans, st.booleans()), min_size=1, max_size=8), st.integers(24, 140))
def test_no_line_is_wider_than_there_is_room(rows, width):
    lines = bar_lines(rows, width, ENGLISH)
    assert all(line.cell_length <= width for line in lines)
    assert sum(any(signed(row.decibans) in line.plain for line in lines) for row in rows) == len(rows)


def test_there_is_nothing_to_draw_without_rows_or_room():
    assert bar_lines([], 80, ENGLISH) == []
    assert bar_lines(ROWS, 0, ENGLISH) == []


async def test_the_widget_is_as_high_as_its_lines_at_any_width():
    app = App()
    async with app.run_test(size=(80, 24)) as pilot:
        bars = EvidenceBars(ROWS)
        await app.mount(bars)
        await until(pilot, lambda: bars.size == (80, len(bar_lines(ROWS, 80, ENGLISH))))
        await pilot.resize_terminal(40, 24)
        await until(pilot, lambda: bars.size == (40, len(bar_lines(ROWS, 40, ENGLISH))))
        bars.say(ROWS[:1])
        await until(pilot, lambda: bars.size == (40, len(bar_lines(ROWS[:1], 40, ENGLISH))))
