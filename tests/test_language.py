"""The language of what is shown: flag, preference, and one session in two languages."""

import os
import subprocess
import sys

import pytest

from triage.errors import TriageError
from triage.language import spoken

ENGLISH_PROMPT, CHINESE_PROMPT = "Your answer, 1 to", "你的回答"


@pytest.fixture
def triage(tmp_path):
    def run(*arguments, lines=(), **environment):
        return subprocess.run(
            [sys.executable, "-m", "triage.cli", *arguments],
            input="".join(f"{line}\n" for line in lines),
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={
                **os.environ,
                "XDG_STATE_HOME": str(tmp_path / "state"),
                "XDG_CONFIG_HOME": str(tmp_path / "config"),
                "PYTHONIOENCODING": "utf-8",
                **environment,
            },
            check=False,
        )

    return run


def prefer(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "preferences.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "loss-triage"


def test_the_preference_counts_before_english_and_the_flag_before_the_preference(real_base, own_folder):
    assert spoken(real_base, None).language == "en"
    prefer(own_folder, "language: zh\n")
    assert spoken(real_base, None).language == "zh"
    assert spoken(real_base, "en").language == "en"


@pytest.mark.parametrize("text", ["language: no\n", "[", "language: [zh]\n", "- zh\n", "theme: dark\n"])
def test_preferences_without_a_language_leave_english(real_base, own_folder, text):
    prefer(own_folder, text)
    assert spoken(real_base, None).language == "en"


def test_an_unknown_language_of_the_flag_is_refused_with_those_that_are(real_base):
    with pytest.raises(TriageError, match=r"expected one of en, zh for --language, found 'xx'"):
        spoken(real_base, "xx")


def test_the_plain_interview_asks_in_chinese_and_takes_chinese_commands_and_signs(triage):
    run = triage("--plain", "--language", "zh", lines=["5", "为什么", "不知道", "1，2", "现状", "退出"])
    assert run.returncode == 1, run.stderr
    assert "出了什么问题？" in run.stdout
    assert "目前最可能：" in run.stdout
    assert "可能的原因：" in run.stdout
    assert ENGLISH_PROMPT not in run.stdout
    for line in run.stdout.splitlines():
        assert sum(2 if "\u2e80" <= sign <= "\uffef" else 1 for sign in line) <= 80, line


def test_a_session_that_was_begun_in_chinese_goes_on_in_english_and_back(triage):
    first = triage("--plain", "--language", "zh", "--answer", "optimizer=adam")
    name = first.stdout.rpartition("--resume ")[2].split()[0]
    english = triage("--resume", name, "--language", "en", lines=["s"])
    assert "Optimizer: Adam" in english.stdout
    assert ENGLISH_PROMPT in english.stdout
    chinese = triage("--resume", name, "--language", "zh", lines=["s"])
    assert "优化器：Adam" in chinese.stdout
    assert CHINESE_PROMPT in chinese.stdout


def test_the_preference_holds_for_the_report_and_for_why_and_the_locale_chooses_nothing(triage, tmp_path):
    told = ["--answer", "optimizer=adam"]
    assert "可能的原因" not in triage(*told, LANG="zh_CN.UTF-8", LC_ALL="zh_CN.UTF-8").stdout
    prefer(tmp_path / "config" / "loss-triage", "language: zh\n")
    assert "可能的原因" in triage(*told).stdout
    assert "支持它的" in triage("why", "learning_rate_too_high", *told).stdout
    assert "What it may be" in triage(*told, "--language", "en").stdout


def test_the_json_says_its_language_and_keeps_its_ids(triage):
    from triage.diagnosis import Diagnosis

    one, other = (
        Diagnosis.model_validate_json(
            triage("--answer", "optimizer=adam", "--format", "json", "--language", language).stdout
        )
        for language in ("en", "zh")
    )
    assert (one.language, other.language) == ("en", "zh")
    assert [cause.id for cause in one.causes] == [cause.id for cause in other.causes]
    assert [cause.probability for cause in one.causes] == [cause.probability for cause in other.causes]
