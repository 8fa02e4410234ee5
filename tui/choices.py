"""What can be answered, as a list: by number, by arrows and Enter, by mouse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from triage.diagnosis import Choice
from tui.words import LONGEST_NAME, content, joined

__all__ = ["ChoiceList"]

NUMBERED = 9
"""Choices up to which one digit answers at once; where there are more, numbers are typed and ended by Enter."""


class ChoiceList(OptionList):
    """Choices with a number each; several can be marked where it may be one of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark several", show=False, id="mark"),
    ]

    class Chosen(Message):
        """Some of the choices were taken."""

        def __init__(self, states: Sequence[str]) -> None:
            """``states``: those of the choices."""
            super().__init__()
            self.states = tuple(states)

    class Typed(Message):
        """What is said instead of an answer: ``?`` for why it is asked, ``0`` for not known."""

        def __init__(self, character: str) -> None:
            """``character``: what was typed."""
            super().__init__()
            self.character = character

    def __init__(self, *, id: str | None = None) -> None:
        """Nothing to choose from yet."""
        super().__init__(id=id, markup=False)
        self._choices: tuple[Choice, ...] = ()
        self._marked: list[int] = []

    def offer(self, choices: Sequence[Choice], current: Sequence[str] = ()) -> None:
        """Offer other choices.

        Args:
            choices: what there is.
            current: states of those that are the answer at the moment; one of them is highlighted.

        """
        self._choices = tuple(choices)
        self._marked = []
        self.set_options([Option(self._prompt(place, current), id=str(place)) for place in range(len(choices))])
        if choices:
            states = [choice.state for choice in choices]
            self.highlighted = states.index(current[0]) if current and current[0] in states else 0

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What is offered."""
        return self._choices

    def action_mark(self) -> None:
        """Mark the highlighted choice, or mark it no longer."""
        place = self.highlighted
        if place is None:
            return
        if place in self._marked:
            self._marked.remove(place)
        else:
            self._marked.append(place)
        self.replace_option_prompt_at_index(place, self._prompt(place, ()))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take what is marked, or what was chosen where nothing is."""
        event.stop()
        places = sorted({*self._marked, event.option_index}) if self._marked else [event.option_index]
        self.take(places)

    def take(self, places: Sequence[int]) -> None:
        """Take the choices at these places."""
        self.post_message(self.Chosen([self._choices[place].state for place in places]))

    def begins_sentence(self, character: str | None) -> bool:
        """Whether a character that is typed here begins a sentence, or a number that may have two digits."""
        if character is None or not character.isprintable() or character in " ?0":
            return False
        return len(self._choices) > NUMBERED or not _is_digit(character)

    def on_key(self, event: events.Key) -> None:
        """A digit answers."""
        character = event.character
        if character is None or not (_is_digit(character) or character == "?"):
            return
        event.stop()
        event.prevent_default()
        if character in "?0":
            self.post_message(self.Typed(character))
        elif int(character) <= len(self._choices):
            self.take([int(character) - 1])

    def _prompt(self, place: int, current: Sequence[str]) -> Content:
        choice = self._choices[place]
        mark = "✓" if place in self._marked else "*" if choice.state in current else " "
        return joined(Content.styled(f"{mark}{place + 1:>2}  ", "dim"), content(choice.label, longest=LONGEST_NAME))


def _is_digit(character: str) -> bool:
    return character.isascii() and character.isdigit()
