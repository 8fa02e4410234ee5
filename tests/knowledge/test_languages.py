"""Findings in other languages: where they stand, that they are whole, and what a base in a language shows."""

import pytest

import knowledge
from knowledge.errors import KnowledgeError, UnknownIdError
from knowledge.lint import lint_folders

SETTING = """
id: {id}
kind: setting
title: A setting of the test
states:
  first: {{label: The first, share: 0.5, words: [first thing], complaint: {complaint}}}
  second: {{label: The second, share: 0.5}}
question: {{prompt: Which is it?, why: It matters., answerable: 0.5, reliability: 0.9}}
"""

WHOLE = """
id: {id}
title: 一个设置
prompt: 是哪一个?
why: 这很重要。
states:
  first: {{label: 第一个, words: [第一]}}
  second: {{label: 第二个}}
"""


MANIFEST = "id: words\ntitle: Words\nversion: '1.0'\nschema_version: 1\n"
USED = """\
id: overfitting
reason: A setting that nothing uses does not pass the lint.
odds: [{finding: test_setting, states: {first: 2.0}}]
"""


def pack(folder, translation, *, language="zh", complaint="null", name="test_setting"):
    (folder / "pack.yaml").write_text(MANIFEST)
    (folder / "overrides" / "causes").mkdir(parents=True)
    (folder / "overrides" / "causes" / "overfitting.yaml").write_text(USED)
    (folder / "settings").mkdir()
    (folder / "settings" / "test_setting.yaml").write_text(SETTING.format(id="test_setting", complaint=complaint))
    (folder / "languages" / language).mkdir(parents=True)
    file = folder / "languages" / language / f"{name}.yaml"
    file.write_text(translation.format(id=name), encoding="utf-8")
    return folder


def problems_of(folder):
    """What is wrong with the translations of a pack; that its setting rests on no evidence is a warning."""
    return [str(problem) for problem in lint_folders([folder]) if problem.severity == "error"]


def test_a_pack_may_bring_a_language_and_a_base_speaks_it(tmp_path):
    base = knowledge.load([pack(tmp_path, WHOLE, language="eo")], cache=tmp_path / "cache")
    spoken = base.in_language("eo").finding("test_setting")
    assert (spoken.title, spoken.question.prompt, spoken.question.why) == ("一个设置", "是哪一个?", "这很重要。")
    assert [state.label for state in spoken.states.values()] == ["第一个", "第二个"]
    assert spoken.states["first"].words == ["first thing"]
    assert spoken.states["first"].share == 0.5


def test_what_is_not_translated_stays_english(tmp_path):
    base = knowledge.load([pack(tmp_path, WHOLE, language="eo")], cache=tmp_path / "cache")
    assert base.in_language("eo").finding("optimizer") == base.finding("optimizer")
    assert base.in_language("en") is base


def test_a_base_of_the_cache_has_the_same_translations(tmp_path):
    folder = pack(tmp_path, WHOLE, language="eo")
    first = knowledge.load([folder], cache=tmp_path / "cache")
    assert knowledge.load([folder], cache=tmp_path / "cache").translations == first.translations


def test_a_language_that_is_not_there_is_refused_with_those_that_are(real_base):
    with pytest.raises(UnknownIdError, match=r"language.*'xx'.*en"):
        real_base.in_language("xx")


def test_a_whole_translation_is_no_problem(tmp_path):
    assert problems_of(pack(tmp_path, WHOLE, language="eo")) == []


@pytest.mark.parametrize(
    ("translation", "problem"),
    [
        (WHOLE.replace("second: {{label: 第二个}}", "third: {{label: 第三个}}"), "expected a state of test_setting"),
        (WHOLE.replace("second: {{label: 第二个}}", "third: {{label: 第三个}}"), "found no 'second'"),
        (WHOLE.replace(", words: [第一]", ""), "expected words of 'first'"),
        (WHOLE.replace("第二个", "第一个"), "found one twice"),
        (WHOLE.replace("label: 第一个", "label: 第一个, complaint: 抱怨"), "expected a complaint"),
    ],
)
def test_a_translation_that_is_not_whole_is_a_problem(tmp_path, translation, problem):
    assert any(problem in told for told in problems_of(pack(tmp_path, translation, language="eo")))


def test_a_missing_complaint_is_a_problem(tmp_path):
    told = problems_of(pack(tmp_path, WHOLE, language="eo", complaint="It hurts"))
    assert any("expected a complaint" in problem for problem in told)


def test_a_translation_of_nothing_is_a_problem(tmp_path):
    told = problems_of(pack(tmp_path, WHOLE, language="eo", name="no_such_finding"))
    assert any("found the unknown id 'no_such_finding'" in problem for problem in told)


@pytest.mark.parametrize("line", ["colour: red", "title: ''"])
def test_a_file_that_is_no_translation_is_refused_with_its_name(tmp_path, line):
    folder = pack(tmp_path, WHOLE.replace("title: 一个设置", line), language="eo")
    with pytest.raises(KnowledgeError, match=r"test_setting\.yaml"):
        knowledge.load([folder], cache=tmp_path / "cache")


def test_every_language_of_the_knowledge_has_every_finding(real_base):
    current = {name for name, finding in real_base.findings.items() if finding.replaced_by is None}
    for translations in real_base.translations.values():
        assert translations.keys() == current


TITLES = """
id: {language}
trial:
  title: 试过：{{remedy}}
  prompt: 试了{{remedy}}，结果如何？
  why: 会说明问题。
  no_effect: 没变化
  helped: 有用
causes: {{{cause}: 一个原因}}
remedies: {{stop_early: 早停}}
"""


def titles_pack(folder, *, language="eo", cause="overfitting"):
    (folder / "pack.yaml").write_text(MANIFEST)
    (folder / "titles").mkdir()
    (folder / "titles" / f"{language}.yaml").write_text(TITLES.format(language=language, cause=cause), encoding="utf-8")
    return folder


def test_every_language_has_a_title_for_every_cause_and_remedy_in_use(real_base):
    for language in real_base.languages[1:]:
        titles = real_base.titles[language]
        assert titles.trial is not None
        for said, things in ((titles.causes, real_base.causes), (titles.remedies, real_base.remedies)):
            assert said.keys() == {name for name, thing in things.items() if thing.replaced_by is None}


def test_a_base_in_a_language_has_its_titles_of_causes_and_remedies(real_base):
    spoken = real_base.in_language("zh")
    assert spoken.language == "zh"
    assert spoken.cause("learning_rate_too_high").title == "学习率过大"
    assert spoken.remedy("stop_early").title == "在验证损失最低处早停"
    assert spoken.cause("overfitting").mechanism == real_base.cause("overfitting").mechanism
    assert spoken.hash == real_base.hash


def test_what_came_of_a_remedy_is_asked_in_the_language(real_base):
    tried = real_base.in_language("zh").finding("stop_early")
    assert tried.title == "试过：在验证损失最低处早停"
    assert [state.label for state in tried.states.values()] == ["没有变化", "有帮助"]


def test_from_any_language_there_is_a_way_to_any_other(real_base):
    spoken = real_base.in_language("zh")
    assert spoken.in_language("en") is real_base
    assert spoken.in_language("zh") is spoken
    with pytest.raises(UnknownIdError, match=r"language.*'xx'"):
        spoken.in_language("xx")


def test_a_pack_may_bring_titles_in_a_language_of_its_own(tmp_path):
    base = knowledge.load([titles_pack(tmp_path)], cache=tmp_path / "cache")
    assert base.in_language("eo").cause("overfitting").title == "一个原因"
    assert base.in_language("eo").finding("optimizer") == base.finding("optimizer")


def test_titles_of_a_pack_stand_beside_those_that_there_are(tmp_path, real_base):
    base = knowledge.load([titles_pack(tmp_path, language="zh")], cache=tmp_path / "cache")
    assert base.titles["zh"].causes == real_base.titles["zh"].causes


def test_titles_of_what_does_not_exist_are_a_problem(tmp_path):
    told = problems_of(titles_pack(tmp_path, cause="no_such_cause"))
    assert any("expected a cause, found the unknown id 'no_such_cause'" in problem for problem in told)


def test_words_in_english_are_understood_with_questions_in_chinese(real_base):
    from triage.intake.words import compile_words, understand

    english, chinese = compile_words(real_base), compile_words(real_base.in_language("zh"))
    for text in ("tried a lower learning rate, no effect", "Batch norm in evaluation mode", "损失变成nan"):
        assert understand(english, text) == understand(chinese, text)
