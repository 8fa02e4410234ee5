"""What the tools take, as pydantic models: their JSON Schema is what an agent sees."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from knowledge.complaint import complaint
from triage.errors import TriageError
from triage.report.escape import plain

__all__ = [
    "AnswerArguments",
    "Arguments",
    "DiagnoseArguments",
    "ExplainArguments",
    "NextQuestionArguments",
    "SearchArguments",
    "ThingKind",
    "arguments_from",
]

LONGEST_TEXT = 200_000
LONGEST_LOG = 20_000_000
"""Characters of a log that is given itself and not by its path."""

ThingKind: TypeAlias = Literal["cause", "symptom", "setting", "check", "remedy"]


Some = TypeVar("Some", bound="Arguments")


def _unpacked(value: object) -> object:
    """What some clients wrap once more as JSON."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _several(value: object) -> object:
    unpacked = _unpacked(value)
    return [unpacked] if isinstance(unpacked, str) else unpacked


Texts: TypeAlias = Annotated[
    list[str], Field(max_length=64), BeforeValidator(_several, json_schema_input_type=str | list[str])
]
"""One, or several in a list."""

Answers: TypeAlias = Annotated[dict[str, Texts], BeforeValidator(_unpacked), Field(max_length=500)]
Names: TypeAlias = Annotated[dict[str, str], BeforeValidator(_unpacked), Field(max_length=100)]

SessionId: TypeAlias = Annotated[str, Field(description="the id that diagnose gave")]
Top: TypeAlias = Annotated[int, Field(ge=1, le=64, description="how many causes to give, the likeliest first")]


class Arguments(BaseModel):
    """What a tool takes: nothing unknown, and null for what is left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: Any) -> Any:  # noqa: ANN401 - anything may be given
        return {name: value for name, value in given.items() if value is not None} if isinstance(given, dict) else given


class DiagnoseArguments(Arguments):
    """Everything that is known of a run; at least one thing of it."""

    log: Texts = Field(
        [],
        description="path of the log of the run (CSV, JSON, JSON Lines, TensorBoard events, console output and many "
        "more) or of its folder; several that belong to one run in a list",
    )
    log_text: str = Field("", description="the log itself, where it is in no file", max_length=LONGEST_LOG)
    run: str = Field("", description="which run is meant, where a file or folder holds several", max_length=1000)
    columns: Names = Field(
        {}, description='which column is which, where it is guessed wrong, e.g. {"train_loss": "my_loss"}'
    )
    text: Texts = Field(
        [],
        description="in plain words: what is wrong, how the run is set up, what was tried and what came of it, "
        "e.g. 'nan after 3 epochs in fp16, adam, lr 1e-3, a smaller lr only delays it'",
    )
    config: Texts = Field([], description="paths of configuration files (YAML, JSON, TOML, prototxt and others)")
    code: Texts = Field([], description="paths of training scripts or notebooks, which are read and never run")
    weights: Texts = Field([], description="paths of checkpoints, an earlier one first, which are never unpickled")
    data: Texts = Field([], description="paths of training data (CSV, Parquet, npy, npz)")
    answers: Answers = Field(
        {},
        description='what is known already, finding -> state, e.g. {"optimizer": "adam"}; a list of states where it is '
        "one of them; search_knowledge names findings with their states",
    )
    session: str = Field("", description="id of a session to add this to; left out, a new one begins", max_length=100)
    top: Top = 3
    detail: Literal["brief", "full"] = Field(
        "brief",
        description="brief: the leading causes with their best checks and changes and code for one framework; full: "
        "every cause above 0.1 % with everything, close to a megabyte",
    )

    @model_validator(mode="after")
    def _says_something(self) -> DiagnoseArguments:
        files = self.log or self.log_text or self.config or self.code or self.weights or self.data
        if not (files or self.text or self.answers):
            raise ValueError("expected at least one of log, log_text, text, config, code, weights, data, answers")
        if self.log and self.log_text:
            raise ValueError("expected either log or log_text, found both")
        if sum(map(len, self.text)) > LONGEST_TEXT:
            raise ValueError(f"expected at most {LONGEST_TEXT:,} characters of text; give a log by its path in log")
        return self


class NextQuestionArguments(Arguments):
    """Whose question."""

    session: SessionId


class AnswerArguments(Arguments):
    """An answer to a question, or the outcome of a check, or what came of a change that was tried."""

    session: SessionId
    finding: str = Field(
        description="id of the finding: of the question, of a check that was carried out, or of a remedy that was tried"
    )
    state: Texts = Field(
        min_length=1,
        description="one of the states that the question offers; a list where it is one of several; 'unknown' where "
        "it is not known",
    )
    top: Top = 3


class ExplainArguments(Arguments):
    """Which cause, and in which session."""

    session: SessionId
    cause: str = Field(description="id of a cause, as diagnose and search_knowledge give them")


class SearchArguments(Arguments):
    """What is looked for."""

    query: str = Field(description="a few words or an id, e.g. 'loss nan half precision'", min_length=1, max_length=500)
    kinds: Annotated[list[ThingKind], BeforeValidator(_several, json_schema_input_type=ThingKind | list[ThingKind])] = (
        Field([], description="only these kinds; left out, all of them")
    )
    limit: int = Field(8, ge=1, le=50, description="how many at most")


def arguments_from(model: type[Some], given: object) -> Some:
    """The arguments of a tool.

    Raises:
        TriageError: they do not fit; the message names the first that does not, in one line.

    """
    try:
        return model.model_validate({} if given is None else given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise TriageError(_told(model, first)) from None


def _told(model: type[Arguments], error: ErrorDetails) -> str:
    name = plain(".".join(map(str, error["loc"])), 100)
    if error["type"] == "extra_forbidden":
        return f"expected only the arguments {', '.join(model.model_fields)}, found {name!r}"
    if error["type"] == "missing":
        what = model.model_fields[str(error["loc"][0])].description
        return f"expected the argument {name!r}: {what}"
    return f"{name}: {plain(complaint(error))}" if name else complaint(error)
