"""The result of a triage: the JSON contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase
    from triage.history import History

__all__ = [
    "SCHEMA_VERSION",
    "CauseView",
    "CheckView",
    "Choice",
    "Conflict",
    "Diagnosis",
    "Disagreement",
    "EvidenceItem",
    "FileView",
    "FindingView",
    "HistoryView",
    "HypothesisView",
    "KnowledgeView",
    "NextQuestion",
    "PackView",
    "PlanItem",
    "RemedyView",
    "SourceView",
]

SCHEMA_VERSION = "1.5"
"""Changes in its first part when a field goes or changes its meaning, in its second when one is added."""


class View(BaseModel):
    """A part of the result: no unknown fields, no change after it is made."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PackView(View):
    """A pack of knowledge that was used."""

    id: str
    title: str
    version: str

    @property
    def name(self) -> str:
        """Title and version, as reports show them."""
        return f"{self.title} {self.version}"


class KnowledgeView(View):
    """Which knowledge was used, and with which packs.

    What comes from a pack has its id in ``pack``, what packs changed has theirs in ``changed_by``; both have the pack
    behind their title, too.
    """

    version: str
    hash: str
    packs: list[PackView] = Field(default_factory=list)


class HistoryView(View):
    """What was read: ``steps`` is the number of rows, ``columns`` maps canonical names to those in the file.

    ``ignored`` maps the first hundred names that were not used to why.
    """

    format: str
    files: list[str]
    steps: int
    columns: dict[str, str]
    warnings: list[str]
    ignored: dict[str, str] = Field(default_factory=dict)


class FileView(View):
    """A file beside the log, what it was read as, and what was left out of it and why."""

    kind: Literal["config", "code", "weights", "data"]
    file: str
    notes: list[str]


class FindingView(View):
    """One thing that was seen or said: ``probability`` is that of the state being the true one, all told.

    ``place`` is file and line of what stands in a file beside the log.
    """

    finding: str
    state: str
    probability: float
    origin: str
    steps: tuple[float, float] | None
    message: str
    place: str | None = None
    pack: str | None = None
    changed_by: list[str] = Field(default_factory=list)


class Disagreement(View):
    """A finding of which two sources say different things, and the sentence that tells of it."""

    finding: str
    states: list[str]
    origins: list[str]
    message: str


class HypothesisView(View):
    """A set of causes that are at work together."""

    causes: list[str]
    probability: float


class EvidenceItem(View):
    """What one finding says of a cause: by how many decibans it moves the odds."""

    finding: str
    state: str
    decibans: float


class CheckView(View):
    """Something to verify, with the code that does it per framework."""

    id: str
    title: str
    minutes: float
    instructions: str
    snippets: dict[str, str]
    pack: str | None = None
    changed_by: list[str] = Field(default_factory=list)


class RemedyView(View):
    """Something to change; ``values`` holds what follows from the known facts."""

    id: str
    title: str
    change: str
    values: dict[str, float]
    snippets: dict[str, str]
    pack: str | None = None
    changed_by: list[str] = Field(default_factory=list)


class SourceView(View):
    """Where the knowledge of a cause comes from."""

    id: str
    title: str
    address: str


class CauseView(View):
    """One cause, with its marginal probability over all hypotheses that contain it."""

    id: str
    title: str
    probability: float
    evidence_for: list[EvidenceItem]
    evidence_against: list[EvidenceItem]
    checks: list[CheckView]
    remedies: list[RemedyView]
    sources: list[SourceView]
    pack: str | None = None
    changed_by: list[str] = Field(default_factory=list)


class Choice(View):
    """One possible answer."""

    state: str
    label: str


class PlanItem(View):
    """Something to do next: ``probability`` is that a check confirms a cause, or that a remedy helps.

    ``cause`` is the one that it is most likely about.
    """

    kind: Literal["check", "remedy"]
    id: str
    title: str
    cause: str
    probability: float
    minutes: float


class NextQuestion(View):
    """A question that would help, why it is asked, the code that answers it, and the flag to tell the answer by."""

    finding: str
    prompt: str
    why: str
    how: dict[str, str]
    choices: list[Choice]
    gain_bits: float
    minutes: float
    answer_with: str
    pack: str | None = None
    changed_by: list[str] = Field(default_factory=list)


class Conflict(View):
    """How badly the findings fit together, in bits, and the sentence to show where they do not."""

    score: float
    banner: str | None


class Diagnosis(View):
    """All that is known of a run at one moment.

    ``causes`` is ranked by marginal probability and holds every cause above 0.001; ``hypotheses`` are the likeliest
    sets of causes, the empty set being no fault. ``plan`` lists the checks that are still open, then the remedies that
    were not tried in vain, each in order of probability over cost. ``language`` is that of titles, labels and
    questions.
    """

    __slots__ = ("_shown",)

    schema_version: str
    language: str = "en"
    knowledge: KnowledgeView
    history: HistoryView | None
    files: list[FileView] = Field(default_factory=list)
    findings: list[FindingView]
    disagreements: list[Disagreement] = Field(default_factory=list)
    hypotheses: list[HypothesisView]
    causes: list[CauseView]
    not_listed: float
    no_fault: float
    conflict: Conflict
    plan: list[PlanItem]
    next_questions: list[NextQuestion]
    stopped: Literal["confident", "nothing_left_to_learn", "cheaper_to_try", "out_of_questions", "user_stopped"] | None

    def shown_with(self, base: KnowledgeBase, history: History | None) -> Diagnosis:
        """The same diagnosis, which keeps what a notebook shows beside it: titles, and the curves made short.

        They are no part of its JSON, of its copies, and of what it is equal to.
        """
        object.__setattr__(self, "_shown", (base, None if history is None else history.sketch))
        return self

    @property
    def is_healthy(self) -> bool:
        """True where no fault is at least as probable as some fault."""
        return self.no_fault >= 0.5

    def __repr__(self) -> str:
        """One line; the whole is close to a megabyte."""
        from triage.report.choice import verdict

        return f"<Diagnosis: {verdict(self)}; {len(self.causes)} causes, {len(self.findings)} findings>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """What a notebook shows: the curves with marked findings, the ranking, the first check and question."""
        from triage.report.notebook import notebook_html

        base, history = getattr(self, "_shown", (None, None))
        return notebook_html(self, base, history)
