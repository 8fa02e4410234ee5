"""The formats that are read, and which of them a file is."""

from __future__ import annotations

from triage.errors import HistoryError
from triage.history import (
    csv_table,
    fairseq,
    json_document,
    json_lines,
    keras_pickle,
    key_values,
    mlflow_files,
    mlflow_sqlite,
    tensorboard,
    text_logs,
    trainer_state,
    wandb_export,
    wandb_log,
)
from triage.history.format import Format
from triage.history.head import Head, is_text

__all__ = ["FORMATS", "format_of"]

FORMATS: tuple[Format, ...] = (
    *keras_pickle.FORMATS,
    *mlflow_files.FORMATS,
    *mlflow_sqlite.FORMATS,
    *wandb_log.FORMATS,
    *tensorboard.FORMATS,
    *trainer_state.FORMATS,
    *fairseq.FORMATS,
    *json_lines.FORMATS,
    *json_document.FORMATS,
    *text_logs.FORMATS,
    *wandb_export.FORMATS,
    csv_table.PLAIN,
    *key_values.FORMATS,
)
"""All of them, what is more particular before what is less so: the first that recognises a file reads it."""

_NO_HISTORIES = (
    (b"version https://git-lfs.github.com/spec/", "a Git LFS pointer; fetch the file with git lfs pull"),
    (b"PK\x03\x04", "a zip archive or a checkpoint; give the log itself"),
    (b"\x89PNG", "a picture; give the numbers that it was drawn from"),
    (b"\xff\xd8\xff", "a picture; give the numbers that it was drawn from"),
    (b"%PDF", "a PDF document; give the numbers themselves"),
    (b"\x89HDF", "an HDF5 file; give the log itself"),
)
"""How files begin that are attached for logs by mistake, and what to say of them."""


def format_of(head: Head) -> Format:
    """The format of a file that begins so; raises `HistoryError` where it is none of a history."""
    mistaken = next((what for start, what in _NO_HISTORIES if head.data.startswith(start)), None)
    if mistaken is not None:
        raise HistoryError(head.file, f"expected a history, found {mistaken}")
    if head.plain is not None:
        return csv_table.PLAIN
    found = next((known for known in FORMATS if known.recognises(head)), None)
    if found is not None:
        return found
    if head.whole and is_text(head.data) and not head.lines:
        raise HistoryError(head.file, "expected a history, found an empty file")
    beginning = repr(head.lines[0].strip()[:60]) if head.lines else "binary data"
    raise HistoryError(
        head.file,
        f"this does not look like a training history: expected one of the formats that triage formats lists, "
        f"found {beginning}",
    )
