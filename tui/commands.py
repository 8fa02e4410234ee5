"""Every action of a triage by name: the palette, the slash commands, the keys and the help screen are made from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from textual.binding import Binding, BindingType

if TYPE_CHECKING:
    from tui.consultation import Consultation, Entry

__all__ = ["CHANGES", "COMMANDS", "CommandSpec", "bindings", "bindings_elsewhere", "command_named", "known_bindings"]


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """One action.

    Args:
        name: what follows the slash, and the id of its key binding.
        key: the key, or several with commas between them.
        title: a few words for the footer and the palette.
        help: one sentence.
        in_footer: whether the footer of the main screen names it.

    """

    name: str
    key: str
    title: str
    help: str
    in_footer: bool = False

    @property
    def action(self) -> str:
        """The action of the app that carries it out."""
        return f"app.command('{self.name}')"


COMMANDS: tuple[CommandSpec, ...] = (
    CommandSpec("help", "f1", "Help", "All keys and commands.", in_footer=True),
    CommandSpec("talk", "f2", "Talk", "The conversation."),
    CommandSpec("causes", "f3", "Causes", "What it may be, with probabilities."),
    CommandSpec("curve", "f4", "Curve", "The loss curve and what is marked in it."),
    CommandSpec("evidence", "f5", "Evidence", "What was seen and said; revise or take back any of it."),
    CommandSpec("verdict", "f6", "Verdict", "The result, what to check and what to change.", in_footer=True),
    CommandSpec("why", "f7", "Why ask this?", "Why this question is asked, and what each answer would do."),
    CommandSpec("doubt", "f8", "Change your mind?", "The answers that would move the leading cause most."),
    CommandSpec("attach", "ctrl+o", "Attach", "Read the history of the run.", in_footer=True),
    CommandSpec("follow", "f9", "Follow the log", "Read the attached log again whenever it grows, or stop doing so."),
    CommandSpec("cancel", "ctrl+g", "Cancel reading", "Give up reading the log that is being read."),
    CommandSpec("unknown", "ctrl+d", "I don't know", "Answer the question with not known; it is not asked again."),
    CommandSpec("later", "ctrl+l", "Later", "Come back to the question after three others."),
    CommandSpec("back", "ctrl+b", "Back", "Answer the last question again."),
    CommandSpec("undo", "ctrl+z", "Undo", "Undo the last change.", in_footer=True),
    CommandSpec("redo", "ctrl+y", "Redo", "Redo what was undone."),
    CommandSpec("more", "ctrl+n", "Ask on", "Be asked on although the answer is good enough."),
    CommandSpec("export", "ctrl+s", "Export", "Write the result as Markdown, JSON, HTML or a picture."),
    CommandSpec("theme", "ctrl+t", "Next theme", "Dark, light, or the colours of the terminal."),
    CommandSpec("motion", "f10", "Reduced motion", "Move less on the screen, or as usual again."),
    CommandSpec("language", "f12", "中文 / English", "Questions and results in Chinese (中文), or in English again."),
    CommandSpec("start", "ctrl+r", "Start screen", "Leave this triage, which is saved, for another one."),
    CommandSpec("quit", "ctrl+q", "Quit", "Leave; the triage is saved.", in_footer=True),
)

Act: TypeAlias = "Callable[[Consultation], list[Entry]]"

CHANGES: Mapping[str, Act] = {
    "unknown": lambda consultation: consultation.leave_open(),
    "later": lambda consultation: consultation.put_off(),
    "back": lambda consultation: consultation.go_back(),
    "undo": lambda consultation: consultation.undo(),
    "redo": lambda consultation: consultation.redo(),
    "more": lambda consultation: consultation.ask_on(),
    "why": lambda consultation: consultation.reasons(),
    "doubt": lambda consultation: consultation.doubts(),
}
"""Name -> what it does, of the commands that change or tell something in the conversation."""

ABOUT_THE_QUESTION = ("unknown", "later", "back", "why")
"""Commands that mean the question on the screen."""

OF_WIDGETS = (
    "attach.browse",
    "attach.cancel",
    "cause.about",
    "cause.back",
    "cause.checks",
    "cause.copy",
    "cause.evidence",
    "cause.outlook",
    "cause.page_down",
    "cause.page_up",
    "cause.remedies",
    "cause.sources",
    "clear",
    "close_help",
    "curve.closer",
    "curve.earlier",
    "curve.farther",
    "curve.finding-before",
    "curve.finding-next",
    "curve.higher",
    "curve.later",
    "curve.lower",
    "curve.scale",
    "curve.second",
    "curve.squeeze",
    "curve.stretch",
    "curve.whole",
    "curve.words-down",
    "curve.words-up",
    "drop_chip",
    "export.leave",
    "folders.above",
    "folders.close",
    "folders.open",
    "mark",
    "path.complete",
    "path.proposals",
    "pressable.next",
    "pressable.press",
    "pressable.previous",
    "proposals.up",
    "remove_chip",
    "revise",
    "show_cause",
    "snippet.next_framework",
    "snippet.previous_framework",
    "start.1",
    "start.2",
    "start.3",
    "start.4",
    "start.5",
    "start.6",
    "start.7",
    "start.8",
    "start.9",
    "start.language",
    "start.log",
    "start.new",
    "start.resume",
    "take_back",
    "to_choices",
    "verdict.back",
    "verdict.cause",
    "verdict.page_down",
    "verdict.page_up",
)
"""Ids of the bindings of single widgets, which are not imported to read a keymap."""


def bindings() -> Iterator[BindingType]:
    """The keys of all commands; those of the footer are shown there."""
    yield from _bindings(COMMANDS, [command.name for command in COMMANDS if command.in_footer])


def bindings_elsewhere(shown: Collection[str]) -> Iterator[BindingType]:
    """The keys of the commands that need no sight of the question, for screens that cover it.

    Args:
        shown: names of those that the footer shows.

    """
    yield from _bindings([command for command in COMMANDS if command.name not in ABOUT_THE_QUESTION], shown)


def _bindings(commands: Collection[CommandSpec], shown: Collection[str]) -> Iterator[BindingType]:
    for command in commands:
        yield Binding(
            command.key,
            command.action,
            command.title,
            show=command.name in shown,
            priority=True,
            id=command.name,
            tooltip=command.help,
        )


def command_named(name: str) -> CommandSpec | None:
    """The command of that name, or of which it is the beginning where no other begins so."""
    wanted = name.lower()
    exact = [command for command in COMMANDS if command.name == wanted]
    matching = exact or [command for command in COMMANDS if wanted and command.name.startswith(wanted)]
    return matching[0] if len(matching) == 1 else None


def known_bindings() -> list[str]:
    """Ids that a keymap may name: those of the commands and those of single widgets."""
    return [*(command.name for command in COMMANDS), *OF_WIDGETS]
