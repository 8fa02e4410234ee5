"""What was seen in the log and what was said, to look at, revise or take back."""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from triage.report.choice import finding_words, notable_findings, unremarkable_titles, where
from triage.report.figures import percent
from triage.wording import Wording
from tui.messages import Revise, Withdraw
from tui.view import View
from tui.wording import screen_wording, wording_of
from tui.words import LONGEST_NAME, content, hanging, joined

__all__ = ["EvidencePanel"]


class EvidencePanel(OptionList):
    """Findings of the log by number and of other files, then the answers; Enter revises, Delete takes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Revise", tooltip="Say something else", show=False, id="revise"),
        Binding("delete,backspace", "take_back", "Remove", tooltip="Take it back", key_display="del", id="take_back"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        """Empty until `show`."""
        super().__init__(id=id, markup=False)
        self._findings: list[tuple[str, bool]] = []
        self._view: View | None = None

    def on_mount(self) -> None:
        """Say what it is."""
        self.border_title = wording_of(self)("What was seen and said")

    def show(self, view: View) -> None:
        """Show what counts now."""
        self._view = view
        lines, self._findings = _lines(view, self.scrollable_content_region.width)
        kept = self.highlighted
        self.set_options(lines)
        self.highlighted = kept if kept is not None and kept < len(self._findings) else None

    def on_focus(self) -> None:
        """Begin at the first line."""
        if self.highlighted is None:
            self.action_first()

    def on_resize(self) -> None:
        """Lines as long as there is room."""
        if self._view is not None:
            self.show(self._view)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Ask to say something else on it."""
        event.stop()
        if event.option_index < len(self._findings):
            self.post_message(Revise(self._findings[event.option_index][0]))

    def action_take_back(self) -> None:
        """Take the highlighted answer back; what the log shows stays."""
        if self.highlighted is None or self.highlighted >= len(self._findings):
            return
        finding, said = self._findings[self.highlighted]
        if said:
            self.post_message(Withdraw(finding))


def _lines(view: View, width: int) -> tuple[list[Option], list[tuple[str, bool]]]:
    base, diagnosis = view.base, view.diagnosis
    word = screen_wording(base.language)
    lines: list[Option] = []
    findings: list[tuple[str, bool]] = []
    for number, finding in notable_findings(diagnosis, base):
        if finding.origin == "answer":
            continue
        title, label = finding_words(base, finding.finding, finding.state)
        unit = "step" if view.history is None else view.history.step_unit
        place = where(finding, unit, word) if finding.place is None else PurePath(finding.place).name
        words = joined(
            _title(title, word),
            content(label, longest=LONGEST_NAME),
            " ",
            content(f"({place}, {percent(finding.probability)})" if place else "", "dim"),
        )
        sign = " - " if number is None else f"{number:>2} "
        lines.append(Option(hanging(Content.styled(sign, "bold $accent"), words, width)))
        findings.append((finding.finding, False))
    for report in view.answers:
        title = base.finding(report.finding).title
        head = word("{title}: {label}", title=title, label="")
        said = word("not known") if report.says_nothing else report.message.removeprefix(head)
        words = joined(_title(title, word), content(said, "bold", 3 * LONGEST_NAME))
        lines.append(Option(hanging(Content.styled(" › ", "bold $primary"), words, width)))
        findings.append((report.finding, True))
    quiet = unremarkable_titles(diagnosis, base)
    if quiet:
        lines.append(Option(content(word("Unremarkable: {titles}.", titles=word("; ").join(quiet))), disabled=True))
    if not lines:
        lines.append(Option(content(word("Nothing yet. Attach a log or answer a question.")), disabled=True))
    return lines, findings


def _title(title: str, word: Wording) -> Content:
    return joined(
        content(title, "dim", LONGEST_NAME), Content.styled(word("{title}: {label}", title="", label=""), "dim")
    )
