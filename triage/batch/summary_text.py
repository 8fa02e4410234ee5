"""A `Summary` -> lines of text that fit 100 columns, and plain data for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from triage.batch.summary import SettingTable, SettingValue, Summary
from triage.report.escape import plain
from triage.report.figures import percent

__all__ = ["summary_fields", "summary_text"]

MOST_FAULTS = 10
MOST_SIGHTS = 8
MOST_TABLES = 6
MOST_ERRORS = 10
LEAST_BITS = 0.01
"""A setting that tells less of the outcome is said to make no difference that can be seen."""

WIDEST = 34


def summary_text(summary: Summary, titles: dict[str, str]) -> str:
    """The summary as a person reads it.

    Args:
        summary: what to tell.
        titles: id of a cause -> what it is called.

    """
    return "\n".join(_lines(summary, titles)) + "\n"


def summary_fields(summary: Summary) -> dict[str, Any]:
    """The summary as plain data that JSON can hold."""
    return asdict(summary)


def _lines(summary: Summary, titles: dict[str, str]) -> Iterator[str]:
    yield (
        f"{_runs(summary.runs)}: nothing wrong found in {summary.healthy:,}, a fault in {summary.faulty:,}, "
        f"{summary.unreadable:,} could not be read"
    )
    if summary.faults:
        yield from ("", "Faults, by what is likeliest in each faulty run", "  leads  expected  cause")
        for fault in summary.faults[:MOST_FAULTS]:
            yield f"  {fault.leads:>5,}  {fault.expected:>8,.1f}  {plain(fault.title)}"
            yield f"{'':19}{percent(fault.probability)} in {_end(fault.example, 72)}"
        yield from _more(len(summary.faults) - MOST_FAULTS, "cause")
    if summary.sights:
        yield from ("", "What was seen", "   runs  symptom")
        for sight in summary.sights[:MOST_SIGHTS]:
            yield f"  {sight.runs:>5,}  {plain(f'{sight.title}: {sight.label}', 90)}"
    yield from _settings(summary.settings, titles)
    if summary.errors:
        yield from ("", "Could not be read")
        yield from (f"  {plain(error.error or error.path, 300)}" for error in summary.errors[:MOST_ERRORS])
        yield from _more(summary.unreadable - MOST_ERRORS, "run")


def _settings(tables: Sequence[SettingTable], titles: dict[str, str]) -> Iterator[str]:
    telling = [table for table in tables if table.bits >= LEAST_BITS]
    silent = [table.setting for table in tables if table.bits < LEAST_BITS]
    if telling:
        yield from ("", "Against the settings, what goes with the outcome most first")
    for table in telling[:MOST_TABLES]:
        yield f"  {plain(table.setting, 80)} ({table.bits:.2f} bits)"
        width = max(len(plain(value.value, WIDEST)) for value in table.values)
        for value in table.values:
            yield f"    {plain(value.value, WIDEST):<{width}}  {_share(value)}  {_leading(value, titles)}".rstrip()
    yield from _more(len(telling) - MOST_TABLES, "setting")
    if silent:
        names = ", ".join(plain(name, 40) for name in silent[:10])
        more = f" and {len(silent) - 10} more" if len(silent) > 10 else ""
        yield from ("", plain(f"Makes no difference that can be seen: {names}{more}", 500))


def _share(value: SettingValue) -> str:
    return f"{value.faulty:>6,} of {value.runs:,} faulty ({percent(value.faulty / max(value.runs, 1))})"


def _leading(value: SettingValue, titles: dict[str, str]) -> str:
    if not value.faults:
        return ""
    cause, runs = next(iter(value.faults.items()))
    return f"{runs:,} x {plain(titles.get(cause, 'a fault that is not listed'), 40)}"


def _more(count: int, what: str) -> Iterator[str]:
    if count > 0:
        yield f"  and {count:,} more {what}{'' if count == 1 else 's'}"


def _end(path: str, longest: int) -> str:
    """A path, of a long one its end, by which the runs of a sweep differ."""
    return plain(path if len(path) <= longest else "…" + path[-longest + 1 :], longest)


def _runs(count: int) -> str:
    return f"{count:,} run" if count == 1 else f"{count:,} runs"
