"""What there is to say of a run that is being followed, as a line of text or of JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from triage.report.escape import folded, plain, plain_json
from triage.report.figures import number, percent

__all__ = ["Event", "News", "json_line", "text_line"]

Event = Literal["appeared", "cleared", "cause", "failed", "note", "summary"]

LONGEST = 600
"""Characters of a message."""


@dataclass(frozen=True, slots=True)
class News:
    """One thing worth a line.

    Args:
        event: a finding ``appeared`` or ``cleared``, a ``cause`` became the first, what ``--fail-on`` names holds
            (``failed``), a ``note`` on a file, or the ``summary`` at the end.
        time: when it was said.
        file: the file or folder as it was given or found; empty of the summary.
        run: what the run is called, where its file holds several.
        step: the last position of the log.
        unit: what that counts.
        finding: id of the finding, empty of anything else.
        state: its state.
        cause: id of the cause, empty of anything else.
        probability: of the state or the cause.
        message: all of it in words.

    """

    event: Event
    time: datetime
    message: str
    file: str = ""
    run: str = ""
    step: float | None = None
    unit: str = ""
    finding: str = ""
    state: str = ""
    cause: str = ""
    probability: float | None = None


def text_line(news: News) -> str:
    """``12:31:07 runs/a.csv step 1,200 appeared: ...``, with its end."""
    place = plain(news.file, 200) + (f" [{plain(news.run, 60)}]" if news.run else "")
    step = "" if news.step is None else f"{news.unit} {number(news.step)}"
    sure = f" ({percent(news.probability)})" if news.finding and news.probability is not None else ""
    name = f" [{news.finding}={news.state}]" if news.state else ""
    head = " ".join(part for part in (f"{news.time:%H:%M:%S}", place, step, news.event) if part)
    return f"{head}: {folded(news.message, LONGEST)}{sure}{name}\n"


def json_line(news: News) -> str:
    """The same as an object on one line, with its end; what does not apply is left out."""
    fields: dict[str, object] = {"time": news.time.isoformat(timespec="milliseconds"), "event": news.event}
    fields |= {
        name: plain(value, 1000)
        for name in ("file", "run", "unit", "finding", "state", "cause")
        if (value := getattr(news, name))
    }
    if news.step is not None:
        fields["step"] = news.step
    if news.probability is not None:
        fields["probability"] = round(news.probability, 4)
    fields["message"] = folded(news.message, 4000)
    return plain_json(json.dumps(fields, ensure_ascii=False, allow_nan=False)) + "\n"
