"""The screen in Chinese: what is asked, what is typed, and the way from one language to the other."""

from tests.tui.apps import ADAM_LOG, app_of, attach, begin, seen, until
from triage.report.cells import cells
from tui.languages import next_language
from tui.picture import widened
from tui.words import broken, content


def test_the_languages_follow_each_other_and_english_comes_after_an_unknown_one():
    assert [next_language(name) for name in ("en", "zh", "xx")] == ["zh", "en", "en"]


async def test_the_session_goes_on_in_the_other_language_and_the_choice_is_kept(tmp_path):
    app = app_of(tmp_path)
    async with app.run_test(size=(100, 40)) as pilot:
        await begin(pilot)
        await attach(pilot, ADAM_LOG)
        first = app.consultation.saved_id
        await pilot.press("f12")
        await until(pilot, lambda: app.consultation is not None and app.screen.query("#choices"))
        await until(pilot, lambda: "不知道" in seen(app))
        assert app.consultation.saved_id == first
        assert app.consultation.view().diagnosis.language == "zh"
    assert "language: zh" in (tmp_path / "settings" / "preferences.yaml").read_text(encoding="utf-8")


async def test_chinese_words_are_understood_and_named_in_chinese(tmp_path):
    app = app_of(tmp_path, language="zh")
    async with app.run_test(size=(100, 40)) as pilot:
        await begin(pilot)
        app.screen.query_one("#prompt").value = "用 Adam 训练，loss 突然变成 nan"
        app.screen.query_one("#prompt").focus()
        await pilot.press("enter")
        await until(pilot, lambda: "优化器：Adam" in seen(app))


def test_a_line_with_chinese_is_broken_between_characters_and_english_is_left_alone():
    text = content("目前最可能：训练后期 Adam 的二阶矩塌缩（56 %，原为 1 %），其次：损失函数与输出层不匹配。")
    assert all(cells(line) <= 40 for line in broken(text, 40).plain.split("\n"))
    english = content("a long English line that Textual breaks by itself, wherever there is a blank in it")
    assert broken(english, 20) is english


def test_in_a_picture_chinese_has_two_columns():
    svg = '<text class="a" x="0" textLength="24.4" clip-path="u">学习</text><text textLength="12.2">a</text>'
    assert widened(svg) == svg.replace("24.4", "48.8")
