"""What came of a check or of a remedy that was tried: the possible outcomes, the one that counts, and a way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from triage.diagnosis import Choice
from tui.messages import Said, Withdraw
from tui.pressable import Pressable, say
from tui.view import View
from tui.wording import screen_wording, wording_of
from tui.words import LONGEST_NAME, content, joined

__all__ = ["Answer", "Outcome", "answer_of"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a finding.

    Args:
        states: those that it may be; none for "not known".
        words: the same in words.
        own: whether the person said it, and so can take it back.

    """

    states: tuple[str, ...]
    words: str
    own: bool


def answer_of(view: View, finding: str) -> Answer | None:
    """What is known of a check or of a remedy that was tried; None where nothing is."""
    known = view.base.finding(finding)
    report = next((report for report in view.answers if report.finding == finding), None)
    word = screen_wording(view.base.language)
    if report is not None:
        if report.says_nothing:
            return Answer((), word("not known"), own=True)
        words = report.message.removeprefix(word("{title}: {label}", title=known.title, label=""))
        between = word(" or ")
        named = f"{between}{words}{between}"
        states = tuple(name for name, state in known.states.items() if f"{between}{state.label}{between}" in named)
        return Answer(states, words, own=True)
    if finding in view.beliefs.evidence:
        state = list(known.states)[int(view.beliefs.evidence[finding].argmax())]
        return Answer((state,), known.states[state].label, own=False)
    return None


class Outcome(Vertical):
    """The outcomes of one finding to choose from; choosing one says so at once.

    Args:
        finding: what the outcomes are of.
        prompt: what is asked.
        choices: the outcomes.
        answer: the one that counts now.

    """

    DEFAULT_CSS = "Outcome { height: auto; }"

    def __init__(self, finding: str, prompt: str, choices: Sequence[Choice], answer: Answer | None) -> None:
        """``answer`` is shown first."""
        super().__init__()
        self._finding = finding
        self._prompt = prompt
        self._choices = tuple(choices)
        self._answer = answer

    def compose(self) -> ComposeResult:
        """The question, its outcomes, and taking back."""
        yield Static(content(self._prompt, "bold"), markup=False)
        for choice in self._choices:
            yield Pressable(self._words(choice), choice.state, classes="outcome-choice")
        back = Pressable(Content(wording_of(self)("↶ Take back what I said")), classes="outcome-back")
        back.display = self._can_take_back
        yield back

    def show(self, answer: Answer | None) -> None:
        """Mark what counts now."""
        if answer == self._answer:
            return
        self._answer = answer
        if not self.is_mounted:
            return
        rows = list(self.query(".outcome-choice").results(Pressable))
        for choice, row in zip(self._choices, rows, strict=True):
            say(row, self._words(choice))
        back = self.query_one(".outcome-back", Pressable)
        if back.has_focus and not self._can_take_back and rows:
            rows[0].focus(scroll_visible=False)
        back.display = self._can_take_back

    def on_pressable_pressed(self, event: Pressable.Pressed) -> None:
        """Say it, or take it back."""
        event.stop()
        if event.pressable.has_class("outcome-back"):
            self.post_message(Withdraw(self._finding))
        elif self._answer is None or not self._answer.own or self._answer.states != (event.pressable.key,):
            self.post_message(Said(self._finding, (event.pressable.key,)))

    @property
    def _can_take_back(self) -> bool:
        return self._answer is not None and self._answer.own

    def _words(self, choice: Choice) -> Content:
        if self._answer is None or choice.state not in self._answer.states:
            return joined("○ ", content(choice.label, longest=LONGEST_NAME))
        word = wording_of(self)
        if len(self._answer.states) > 1:
            said = word("you said it may be") if self._answer.own else word("was seen it may be")
        else:
            said = word("you said") if self._answer.own else word("was seen")
        return joined("● ", content(choice.label, "bold", LONGEST_NAME), Content.styled(f"   {said}", "dim"))
