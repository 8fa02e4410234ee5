"""`knowledge.load` and `triage.diagnose` as others use them: the examples in their documentation, typed and untyped."""

import doctest
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent

TYPED = """\
import knowledge
import triage

diagnosis: triage.Diagnosis = triage.diagnose("history.csv", answers={"optimizer": "adam"}, code=["train.py"])
titles: list[str] = [cause.title for cause in diagnosis.causes if cause.probability > 0.1]
values: dict[str, float] = diagnosis.causes[0].remedies[0].values
steps: tuple[float, float] | None = diagnosis.findings[0].steps
flag: str = diagnosis.next_questions[0].answer_with
wrong: int = diagnosis.causes[0].title  # type: ignore[assignment]
diagnosis.cause  # type: ignore[attr-defined]
triage.diagnose(answers={"optimizer": 3})  # type: ignore[dict-item]

base: knowledge.KnowledgeBase = knowledge.load()
mechanism: str = base.cause("nan_in_input").mechanism
checks: list[str] = [edge.finding for edge in base.cause("nan_in_input").checks if edge.confirms]
base.cause(3)  # type: ignore[arg-type]
session: triage.Session = triage.Session(base)
session.answer("optimizer", ["adam", "adamw"])
"""


@pytest.mark.parametrize("module", ["triage", "triage.one_call", "knowledge", "knowledge.loader"])
def test_the_examples_in_the_documentation_hold(module):
    found = doctest.testmod(importlib.import_module(module), optionflags=doctest.ELLIPSIS)
    assert found.attempted > 0
    assert found.failed == 0


def test_what_a_user_writes_is_typed_under_mypy_strict(tmp_path):
    pytest.importorskip("mypy", reason="mypy comes with the extra dev")
    (tmp_path / "use.py").write_text(TYPED)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", str(tmp_path / "use.py")],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_loading_the_knowledge_brings_neither_pandas_nor_numpy_nor_textual_with_it():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, knowledge; knowledge.load().cause('nan_in_input')\n"
            "print({'pandas', 'numpy', 'textual', 'triage', 'tui'} & sys.modules.keys())",
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "set()\n"


def test_a_diagnosis_and_the_knowledge_are_one_line_where_they_are_printed(real_base):
    import triage

    diagnosis = triage.diagnose(answers={"scan_inputs_for_nan": "found", "nan_onset": "sudden"})
    assert repr(diagnosis) == str(diagnosis)
    assert repr(diagnosis).startswith("<Diagnosis: Most likely: NaN or Inf in the inputs or targets (")
    assert repr(real_base).startswith(f"<KnowledgeBase {real_base.version}: {len(real_base.causes)} causes, ")
