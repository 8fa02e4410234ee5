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
from tui.wording import screen_wording, wording_of
from tui.words import content

__all__ = ["QuestionPanel"]

HEADS = {
    "opening": "What is wrong? Space marks several, Enter goes on.",
    "end": "The result is in. Tell what came of a step, or open the verdict (F6).",
}

STAGE_WORDS = {"question": "Question {n}", "outcome": "What came of it?", "revision": "What is it really?"}


class QuestionPanel(Vertical):
    """The question with its choices, and the buttons of what can be said instead of an answer."""

    def compose(self) -> ComposeResult:
        """Head, prompt, choices, buttons."""
        word = wording_of(self)
        yield Static(id="question-head", markup=False)
        yield Static(id="question-prompt", markup=False)
        yield ChoiceList(id="choices")
        with Horizontal(id="question-buttons"):
            yield Button(word("I don't know"), id="unknown", compact=True)
            yield Button(word("Later"), id="later", compact=True)
            yield Button(word("Why?"), id="why", compact=True)
            yield Button(word("Back"), id="back", compact=True)
            yield Button(word("Undo"), id="undo", compact=True)
            yield Button(word("Ask on"), id="more", compact=True)
            yield Button(word("Verdict"), id="verdict", compact=True)

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
    topic, word = view.topic, screen_wording(view.base.language)
    if topic.stage in HEADS:
        return word(HEADS[topic.stage])
    minutes = duration(view.base.finding(topic.finding).minutes, word)
    stage = word(STAGE_WORDS[topic.stage], n=len(view.answers) + 1)
    return word("{stage} · about {time}", stage=stage, time=minutes)


def _prompt(view: View) -> str:
    if not view.topic.finding:
        return ""
    known = view.base.finding(view.topic.finding)
    if isinstance(known, Check):
        word = screen_wording(view.base.language)
        return word("{title} ({percent})", title=known.question.prompt, percent=first_sentences(known.instructions))
    return known.question.prompt


def _current(choices: tuple[Choice, ...], message: str) -> list[str]:
    return [choice.state for choice in choices if choice.label in message]
