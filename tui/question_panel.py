"""What the person is asked now, and the choices."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from knowledge.schema import Check
from triage.diagnosis import Choice
from triage.report.choice import first_sentences
from triage.report.figures import duration
from tui.choices import ChoiceList
from tui.pressable import say
from tui.view import View
from tui.words import content

__all__ = ["QuestionPanel"]

HEADS = {
    "opening": "What is wrong? Space marks several, Enter goes on.",
    "end": "The result is in. Tell what came of a step, or open the verdict (F6).",
}

STAGE_WORDS = {"question": "Question", "outcome": "What came of it?", "revision": "What is it really?"}


class QuestionPanel(Vertical):
    """The question with its choices, and the buttons of what can be said instead of an answer."""

    def compose(self) -> ComposeResult:
        """Head, prompt, choices, buttons."""
        yield Static(id="question-head", markup=False)
        yield Static(id="question-prompt", markup=False)
        yield ChoiceList(id="choices")
        with Horizontal(id="question-buttons"):
            yield Button("I don't know", id="unknown", compact=True)
            yield Button("Later", id="later", compact=True)
            yield Button("Why?", id="why", compact=True)
            yield Button("Back", id="back", compact=True)
            yield Button("Undo", id="undo", compact=True)
            yield Button("Ask on", id="more", compact=True)
            yield Button("Verdict", id="verdict", compact=True)

    @property
    def choices(self) -> ChoiceList:
        """The list of choices."""
        return self.query_one(ChoiceList)

    def show(self, view: View) -> None:
        """Put the present topic."""
        topic = view.topic
        say(self.query_one("#question-head", Static), content(_head(view), "dim"))
        prompt = _prompt(view)
        shown = self.query_one("#question-prompt", Static)
        say(shown, content(prompt, "bold"))
        shown.display = bool(prompt)
        said = next((report for report in view.answers if report.finding == topic.finding), None)
        current = _current(topic.choices, said.message) if said is not None else ()
        self.choices.offer(topic.choices, current)
        asking = topic.stage in ("question", "outcome", "revision")
        self.query_one("#unknown").display = asking
        self.query_one("#later").display = asking
        self.query_one("#back").display = bool(view.answers)
        self.query_one("#undo").display = view.can_undo
        self.query_one("#more").display = topic.stage == "end" and bool(view.diagnosis.next_questions)
        self.query_one("#verdict").display = topic.stage == "end"


def _head(view: View) -> str:
    topic = view.topic
    if topic.stage in HEADS:
        return HEADS[topic.stage]
    minutes = duration(view.base.finding(topic.finding).minutes)
    count = f" {len(view.answers) + 1}" if topic.stage == "question" else ""
    return f"{STAGE_WORDS[topic.stage]}{count} · about {minutes}"


def _prompt(view: View) -> str:
    if not view.topic.finding:
        return ""
    known = view.base.finding(view.topic.finding)
    if isinstance(known, Check):
        return f"{known.question.prompt} ({first_sentences(known.instructions)})"
    return known.question.prompt


def _current(choices: tuple[Choice, ...], message: str) -> list[str]:
    return [choice.state for choice in choices if choice.label in message]
