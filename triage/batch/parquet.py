"""Results of many runs as Parquet: a row for each, the settings as a map of texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from triage.batch.journal import records_of
from triage.batch.record import Record
from triage.errors import TriageError

__all__ = ["check_parquet", "write_parquet"]

ROWS = 5000
"""Rows that are held at a time."""


def check_parquet() -> None:
    """Hold that Parquet can be written; raises `TriageError` before any work is done for it."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise TriageError(
            "expected the package pyarrow for Parquet, found none; pip install 'loss-triage[parquet]', "
            "or give --output a name that ends in .jsonl"
        ) from None


def write_parquet(results: Path, target: Path) -> None:
    """Write results once more.

    Args:
        results: the file with a line of JSON for each run.
        target: where the Parquet goes; it is there whole or as it was.

    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema(pa)
    fresh = target.with_name(f"{target.name}.new")
    with pq.ParquetWriter(fresh, schema, compression="zstd") as writer:
        records = records_of(results)
        for rows in iter(lambda: list(islice(_rows(records), ROWS)), []):
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
    fresh.replace(target)


def _schema(pa: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    text, real, whole = pa.string(), pa.float64(), pa.int64()
    seen = pa.struct([("finding", text), ("state", text), ("steps", pa.list_(real))])
    names = ("path", "run", "knowledge", "verdict", "digest", "format", "error")
    return pa.schema(
        [
            *((name, text) for name in names),
            *((name, whole) for name in ("size", "changed", "number", "of", "rows")),
            *((name, real) for name in ("no_fault", "not_listed")),
            ("leading", text),
            ("causes", pa.list_(pa.struct([("cause", text), ("probability", real)]))),
            ("findings", pa.list_(seen)),
            ("settings", pa.map_(text, text)),
            ("notes", pa.list_(text)),
        ]
    )


def _rows(records: Iterator[Record]) -> Iterator[dict[str, Any]]:
    for record in records:
        yield asdict(record) | {
            "leading": record.leading or None,
            "causes": [{"cause": cause, "probability": share} for cause, share in record.causes.items()],
            "settings": [
                (name, value if isinstance(value, str) else f"{value}") for name, value in record.settings.items()
            ],
        }
