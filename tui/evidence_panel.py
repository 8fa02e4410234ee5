"""What was seen in the log and what was said, to look at, revise or take back."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from triage.report.choice import finding_words, notable_findings, unremarkable_titles, where
from triage.report.figures import percent
from tui.messages import Revise, Withdraw
from tui.view import View
from tui.words import content, joined

__all__ = ["EvidencePanel"]


class EvidencePanel(OptionList):
    """Findings of the log by number, then the answers; Enter says something else, Delete takes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Say something else", id="revise"),
        Binding("delete,backspace", "take_back", "Take back", id="take_back"),
    ]
    BORDER_TITLE = "What was seen and said"

    def __init__(self, *, id: str | None = None) -> None:
        """Empty until `show`."""
        super().__init__(id=id, markup=False)
        self._findings: list[tuple[str, bool]] = []

    def show(self, view: View) -> None:
        """Show what counts now."""
        lines, self._findings = _lines(view)
        kept = self.highlighted
        self.set_options(lines)
        self.highlighted = kept if kept is not None and kept < len(self._findings) else None

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


def _lines(view: View) -> tuple[list[Option], list[tuple[str, bool]]]:
    base, diagnosis = view.base, view.diagnosis
    lines: list[Option] = []
    findings: list[tuple[str, bool]] = []
    for number, finding in notable_findings(diagnosis, base):
        if finding.origin != "detector":
            continue
        title, label = finding_words(base, finding.finding, finding.state)
        unit = "step" if view.history is None else view.history.step_unit
        place = where(finding, unit)
        lines.append(
            Option(
                joined(
                    Content.styled(f"{number:>2} ", "bold $accent"),
                    content(f"{title}:", "dim"),
                    " ",
                    content(label),
                    " ",
                    content(f"({place}, {percent(finding.probability)})" if place else "", "dim"),
                )
            )
        )
        findings.append((finding.finding, False))
    for report in view.answers:
        title = base.finding(report.finding).title
        said = "not known" if report.says_nothing else report.message.removeprefix(f"{title}: ")
        lines.append(
            Option(
                joined(Content.styled(" › ", "bold $primary"), content(f"{title}:", "dim"), " ", content(said, "bold"))
            )
        )
        findings.append((report.finding, True))
    quiet = unremarkable_titles(diagnosis, base)
    if quiet:
        lines.append(Option(content(f"Unremarkable: {'; '.join(quiet)}.", "dim"), disabled=True))
    if not lines:
        lines.append(Option(content("Nothing yet. Attach a log or answer a question.", "dim"), disabled=True))
    return lines, findings
