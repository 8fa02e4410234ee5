"""A check or a remedy in full: what to do, the code, and what came of it; folded it is one line."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from triage.diagnosis import Choice
from tui.outcome import Answer, Outcome
from tui.pressable import Pressable, say
from tui.snippet import Snippet
from tui.words import content, joined

__all__ = ["Step", "StepCard"]


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do.

    Args:
        title: in a few words.
        notes: what stands beside the title, such as how long it takes.
        paragraphs: a heading, which may be empty, and what it says.
        snippets: framework and code, the best first.
        finding: what tells what came of it.
        prompt: how that is asked.
        choices: what may have come of it.
        answer: what came of it, where that is known.
        weight: what that says of the cause, in words; empty where it is not known.

    """

    title: str
    notes: str
    paragraphs: tuple[tuple[str, str], ...]
    snippets: tuple[tuple[str, str], ...]
    finding: str
    prompt: str
    choices: tuple[Choice, ...]
    answer: Answer | None
    weight: str


class StepCard(Vertical):
    """A step that folds; what is in it is made when it is first unfolded.

    Args:
        step: what to do.
        folded: whether only its title is shown.

    """

    DEFAULT_CSS = "StepCard, StepCard > .step-inside { height: auto; }"

    def __init__(self, step: Step, *, folded: bool) -> None:
        """Nothing but the title exists while it is folded."""
        super().__init__()
        self._step = step
        self._folded = folded

    def compose(self) -> ComposeResult:
        """The title, and what is in it unless it is folded."""
        yield Pressable(self._title(), "fold", classes="step-title")
        if not self._folded:
            yield self._inside()

    @property
    def step(self) -> Step:
        """What it shows."""
        return self._step

    @property
    def is_folded(self) -> bool:
        """Whether only its title is shown."""
        return self._folded

    def show(self, step: Step) -> None:
        """Take what is known of the same step now."""
        if step == self._step:
            return
        self._step = step
        if not self.is_mounted:
            return
        self._say_title()
        for text in self.query(".step-text").results(Static):
            say(text, self._text())
        for snippet in self.query(Snippet):
            snippet.show(step.snippets)
        for outcome in self.query(Outcome):
            outcome.show(step.answer)

    def on_pressable_pressed(self, event: Pressable.Pressed) -> None:
        """Unfold or fold."""
        event.stop()
        self._folded = not self._folded
        self._say_title()
        inside = self.query(".step-inside")
        if inside:
            inside.first().display = not self._folded
        elif not self._folded:
            self.mount(self._inside())
        if not self._folded:
            self.call_after_refresh(self.scroll_visible, animate=False, top=True)

    def _inside(self) -> Widget:
        step = self._step
        code = [Snippet(step.snippets)] if step.snippets else []
        return Vertical(
            Static(self._text(), classes="step-text", markup=False),
            *code,
            Outcome(step.finding, step.prompt, step.choices, step.answer),
            classes="step-inside",
        )

    def _say_title(self) -> None:
        say(self.query_one(".step-title", Pressable), self._title())

    def _title(self) -> Content:
        step = self._step
        done = Content("")
        if step.answer is not None:
            weight = f", {step.weight}" if step.weight else ""
            done = joined("\n  ✓ done: ", content(f"{step.answer.words}{weight}", longest=300))
        return joined(
            "▸ " if self._folded else "▾ ",
            content(step.title, "bold", 200),
            "   ",
            content(step.notes, "dim"),
            done,
        )

    def _text(self) -> Content:
        parts = [
            joined(content(f"{heading}:", "bold"), " ", content(text)) if heading else content(text)
            for heading, text in self._step.paragraphs
        ]
        return Content("\n\n").join(parts)
