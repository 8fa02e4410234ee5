"""A small knowledge base, a history and a diagnosis in which every word can be replaced by a hostile one."""

from __future__ import annotations

import numpy as np

from knowledge.base import KnowledgeBase
from knowledge.schema import Setting, Symptom
from triage.diagnosis import (
    CauseView,
    CheckView,
    Choice,
    Conflict,
    Diagnosis,
    EvidenceItem,
    FindingView,
    HistoryView,
    KnowledgeView,
    NextQuestion,
    PlanItem,
    RemedyView,
    SourceView,
)
from triage.history import History, Series

HOSTILE = [
    "\x1b[31mred\x1b[0m \x1b]8;;http://evil.example\x07link\x1b]8;;\x07",
    "[bold red]rich[/] [link=http://evil.example]x[/link] [@click=app.quit]q[/]",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)> ' onmouseover='alert(1) x=\"",
    "</style></title></code></pre></summary></details><script>alert(1)</script>",
    "javascript:alert(1)",
    "[click](javascript:alert(1)) ![x](http://evil.example/p.png) <http://evil.example>",
    "a|b|c || `code` ``two`` ```\nfence\n``` ~~~",
    "# heading\n\n- item\n1. one\n> quote\n---\n***",
    "@everyone #1 owner/repo#12 GH-3 www.evil.example https://evil.example a@evil.example",
    "&lt;b&gt; &amp; &copy; &#60;script&#62;",
    "n" * 10_000,
    "<" * 10_000,
    "nul\0nul",
    "\u202egnp.exe\u2066 \u200b\ufeff \u2028line\u2029paragraph",
    "\N{PILE OF POO}\N{WOMAN}\u200d\N{ROCKET} e\u0301",
    "_a_ *b* **c** ~~d~~ $x$ \\ \\\\ trailing \\",
    "=1+1",
    "1. first",
    "    indented\r\n\ttab",
    "\x1b]52;c;ZXZpbA==\x07 \x1b[2J\x1b[1;1H\x1b[?1049l \x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x9b31mred \x9d52;c;ZXZpbA==\x9c \x90q\x9c \x85next",
    "$primary $error 50% [$error]x[/$error] [on red]y[/] {0} %s ${HOME}",
    "\u2067\u202aright\u202c\u2069 \u0627\u0644\u0639\u0631\u0628\u064a\u0629 \u05e9\u05dc\u05d5\u05dd",
    "e" + "\u0301" * 200 + "\u20dd" * 200,
    "]",
    "[",
    "[/]",
    "\\",
    "\\[bold]x",
    "\N{CJK UNIFIED IDEOGRAPH-6F22}" * 500,
    "\u200b\u200c\u200d\u2060\ufeff\u00ad",
]


def a_base(text: str = "plain words") -> KnowledgeBase:
    """Four findings whose titles and labels end in ``text``."""

    def symptom(name: str, *states: str) -> Symptom:
        return Symptom.model_validate(
            {
                "id": name,
                "kind": "symptom",
                "title": f"Title of {name} {text}",
                "states": {state: {"label": f"Label {state} {text}", "leak": 0.5} for state in states},
                "question": {"prompt": "What is it?", "why": "To know.", "answerable": 0.9, "reliability": 0.9},
            }
        )

    def setting(name: str, *states: str) -> Setting:
        return Setting.model_validate(
            {
                "id": name,
                "kind": "setting",
                "title": f"Title of {name} {text}",
                "states": {state: {"label": f"Label {state} {text}", "share": 0.5} for state in states},
                "question": {"prompt": "What is it?", "why": "To know.", "answerable": 0.9, "reliability": 0.9},
            }
        )

    findings = [
        symptom("nan_onset", "none", "sudden"),
        symptom("train_loss_trend", "falling", "diverging"),
        symptom("spike_timing", "nowhere", "every_epoch"),
        setting("optimizer", "sgd", "adam"),
        setting("framework", "pytorch", "keras_tensorflow"),
    ]
    return KnowledgeBase({}, {finding.id: finding for finding in findings}, {}, {}, {}, "0123456789abcdef")


def a_cause(name: str, probability: float, text: str = "plain words", address: str = "https://a.example/") -> CauseView:
    return CauseView(
        id=name,
        title=f"Cause {text}",
        probability=probability,
        evidence_for=[EvidenceItem(finding="nan_onset", state="sudden", decibans=7.25)],
        evidence_against=[EvidenceItem(finding="optimizer", state="adam", decibans=-2.5)],
        checks=[
            CheckView(
                id=f"check_of_{name}",
                title=f"Check {text}",
                minutes=5,
                instructions=f"Look at it. {text}",
                snippets={"pytorch": f"print(1)\n{text}", "keras": "print(2)", "caffe": "a", text: "b"},
            )
        ],
        remedies=[
            RemedyView(
                id=f"remedy_of_{name}",
                title=f"Remedy {text}",
                change=f"Change it. {text}",
                values={f"new_{text}": 0.008},
                snippets={"pytorch": text},
            )
        ],
        sources=[SourceView(id=f"source-of-{name}", title=f"Source {text}", address=address)],
    )


def a_diagnosis(text: str = "plain words", address: str = "https://a.example/", **changes: object) -> Diagnosis:
    """A faulty run; ``text`` stands wherever words from outside can stand."""
    parts: dict[str, object] = {
        "schema_version": "1.0",
        "knowledge": KnowledgeView(version="2026.11", hash="0123456789abcdef"),
        "history": HistoryView(
            format=f"csv {text}",
            files=[f"run {text}"],
            steps=1200,
            columns={"train_loss": f"loss {text}", f"train_loss/{text}": f"train_loss/{text}"},
            warnings=[f"warning {text}"],
        ),
        "findings": [
            FindingView(
                finding="optimizer", state="adam", probability=0.9, origin="answer", steps=None, message="said"
            ),
            FindingView(
                finding="nan_onset",
                state="sudden",
                probability=0.97,
                origin="detector",
                steps=(40, 60),
                message=f"message {text}",
            ),
            FindingView(
                finding="spike_timing", state="nowhere", probability=0.9, origin="detector", steps=None, message="none"
            ),
            FindingView(
                finding="train_loss_trend",
                state="falling",
                probability=0.9,
                origin="detector",
                steps=(10, 10),
                message=f"message {text}",
            ),
        ],
        "hypotheses": [],
        "causes": [a_cause("first", 0.7, text, address), a_cause("second", 0.2, text, address)],
        "not_listed": 0.05,
        "no_fault": 0.01,
        "conflict": Conflict(score=7.0, banner=f"It does not fit together. {text}"),
        "plan": [
            PlanItem(
                kind=kind, id=f"{kind}_of_{name}", title=f"{kind} {text}", cause=name, probability=0.5, minutes=5.0
            )
            for kind in ("check", "remedy")
            for name in ("first", "second")
        ],
        "next_questions": [
            NextQuestion(
                finding="optimizer",
                prompt=f"Which optimizer? {text}",
                why=f"Some faults exist under one optimizer only. {text}",
                how={"pytorch": f"print(optimizer)  # {text}"},
                choices=[Choice(state="sgd", label=f"SGD {text}"), Choice(state="adam", label="Adam")],
                gain_bits=0.4,
                minutes=0.5,
                answer_with="--answer optimizer=STATE",
            )
        ],
        "stopped": None,
    }
    return Diagnosis.model_validate(parts | changes)


def a_history(**curves: list[float]) -> History:
    """A history with a row per step; by default a loss that falls and turns NaN for a while."""
    if not curves:
        loss = np.exp(-np.arange(100) / 20.0)
        loss[40:60] = np.nan
        curves = {"train_loss": loss.tolist(), "val_loss": (loss * 1.2).tolist()}
    rows = len(next(iter(curves.values())))
    return History(
        step=np.arange(rows, dtype=np.float64),
        epoch=None,
        series={
            name: Series(np.array(values, dtype=np.float64), np.ones(rows, dtype=np.bool_))
            for name, values in curves.items()
        },
        columns={name: name for name in curves},
        format="csv",
        files=("run.csv",),
    )
