"""Text in columns: how wide it is, and where it is broken."""

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from triage.report.cells import cells, padded, wrapped

MIXED = st.text(alphabet="ab 12%（），。：学习率过大的损失", max_size=120).map(lambda text: " ".join(text.split()))


def test_a_chinese_character_takes_two_columns_and_an_accent_none():
    assert cells("学习率 lr") == 9
    assert cells("e\u0301") == 1
    assert padded("反对", 8) == "反对    "


@given(MIXED, st.integers(12, 60))
def test_no_line_is_too_wide_and_nothing_is_lost(text, width):
    lines = wrapped(text, width, "1. ", "   ")
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "").removeprefix("1.") == text.replace(" ", "")


def test_no_line_begins_with_a_closing_sign_or_ends_with_an_opening_one():
    text = "目前最可能：训练后期 Adam 的二阶矩塌缩（56 %，原为 1 %），其次：损失函数与输出层不匹配（10 %）。"
    for width in range(24, 60):
        lines = wrapped(text, width)
        assert not [line for line in lines if line[0] in "，。：）" or line[-1] == "（"], width


@given(st.text(alphabet="abc def", max_size=200), st.integers(10, 60))
def test_english_is_broken_as_ever(text, width):
    assert wrapped(text, width) == textwrap.wrap(text, width, break_on_hyphens=False)
