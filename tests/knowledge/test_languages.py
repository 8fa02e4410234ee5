"""Findings in other languages: where they stand, that they are whole, and what a base in a language shows."""

import pytest

import knowledge
from knowledge.errors import KnowledgeError, UnknownIdError
from knowledge.lint import lint
from knowledge.loader import read_folders

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


def pack(folder, translation, *, language="zh", complaint="null", name="test_setting"):
    (folder / "settings").mkdir()
    (folder / "settings" / "test_setting.yaml").write_text(SETTING.format(id="test_setting", complaint=complaint))
    (folder / "languages" / language).mkdir(parents=True)
    file = folder / "languages" / language / f"{name}.yaml"
    file.write_text(translation.format(id=name), encoding="utf-8")
    return folder


def problems_of(folder):
    base, problems = read_folders([folder])
    return [
        str(problem)
        for problem in (problems or lint(base))
        if f"{folder.name}" in str(problem) or "languages/" in str(problem)
    ]


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
