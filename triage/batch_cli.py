"""``triage batch``: many runs, one record each, and which faults there are across them."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from triage.packs import add_pack_flags, folders_given
from triage.usage import FAULTY, HEALTHY, UNUSABLE, OneLineParser, at_least_one, write_report

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from triage.batch.record import Record

__all__ = ["run_batch"]

EXAMPLES = """\
examples:
  triage batch runs/                                  every run in a folder and below it
  triage batch 'sweep/**/metrics.csv' --jobs 8        what fits a pattern, in eight processes
  triage batch runs/ --output results.jsonl           a line for each run; again: goes on where it broke off
  triage batch runs/ --output results.parquet         the same as a table
  triage batch runs/ --format jsonl | jq .verdict     the lines as they come
  triage batch runs/ --scheduler tcp://10.0.0.5:8786  on a Dask cluster that sees the same files

A configuration beside a run (hparams.yaml, config.yaml, args.yaml ... or run_1.yaml beside run_1.csv) is read with it.

exit status: 0 nothing wrong found, 1 a problem was found in some run, 2 bad usage or nothing that could be read,
130 interrupted
"""

OFTEN = 0.5
"""Seconds between two looks at how far it is."""


def run_batch(arguments: Sequence[str]) -> int:
    """Run ``triage batch`` with what follows it; returns the exit status.

    Raises:
        TriageError: bad usage, an output that cannot be written, or a cluster that cannot be reached.

    """
    options = _parser().parse_args(arguments)
    packs = tuple(folders_given(options))
    if options.scheduler is None:
        from triage.workers import make_ready

        make_ready(packs)
    from triage.batch.judging import base_over
    from triage.batch.many import diagnose_many
    from triage.batch.summary import summarise
    from triage.batch.tally import Tally
    from triage.provenance import marked

    base = base_over(packs)
    tally = Tally()
    with _executor(options) as (executor, jobs):
        found = diagnose_many(options.paths, executor, jobs=jobs, output=options.output, packs=packs)
        for record in _shown(found, bar=not options.quiet and sys.stderr.isatty()):
            tally.add(record)
            if options.format == "jsonl" and not options.quiet:
                _print_line(record)
    summary = summarise(tally, base)
    if not options.quiet and options.format != "jsonl":
        from triage.batch.summary_text import summary_fields, summary_text

        if options.format == "json":
            import json

            text = json.dumps(summary_fields(summary), indent=2, ensure_ascii=False) + "\n"
        else:
            text = summary_text(summary, {cause.id: cause.title for cause in marked(base).causes.values()})
        write_report(text, None)
    if summary.runs == summary.unreadable:
        _complain(summary.runs)
        return UNUSABLE
    return FAULTY if summary.faulty else HEALTHY


@contextmanager
def _executor(options: argparse.Namespace) -> Iterator[tuple[Executor | None, int | None]]:
    if options.scheduler is None:
        yield None, options.jobs
        return
    from triage.batch.cluster import executor_at

    with executor_at(options.scheduler) as (executor, workers):
        yield executor, options.jobs or workers


def _print_line(record: Record) -> None:
    from triage.batch.record import line_of
    from triage.report.escape import plain_json

    sys.stdout.write(plain_json(line_of(record)))


def _shown(records: Iterator[Record], bar: bool) -> Iterator[Record]:
    """Pass on the records, and tell meanwhile on a terminal how many there were."""
    began = told = time.monotonic()
    unreadable = 0
    for number, record in enumerate(records, 1):
        yield record
        unreadable += record.verdict == "unreadable"
        now = time.monotonic()
        if bar and now - told > OFTEN:
            told = now
            sys.stderr.write(
                f"\r\x1b[K{number:,} runs, {unreadable:,} unreadable, {number / (now - began):,.0f} a second"
            )
            sys.stderr.flush()
    if bar and told > began:
        sys.stderr.write("\r\x1b[K")


def _complain(runs: int) -> None:
    found = "no run in what was given" if runs == 0 else f"none among {runs:,}"
    sys.stderr.write(f"triage: expected a history that can be read, found {found}\n")


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="triage batch",
        description="Judge many runs: a record for each, and which faults there are, against which settings.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("paths", metavar="PATH", nargs="+", help="files, folders of runs, patterns in quotes")
    parser.add_argument("--jobs", metavar="N", type=at_least_one, help="processes (default: one for each processor)")
    parser.add_argument(
        "--output", metavar="FILE", type=_results, help="results, .jsonl or .parquet; what is in it is not done again"
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "jsonl"),
        default="text",
        help="what to print: a summary to read, the same for other programs, or a line for each run",
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="run on the Dask cluster there, e.g. tcp://10.0.0.5:8786"
    )
    add_pack_flags(parser)
    parser.add_argument("--quiet", action="store_true", help="print nothing; the exit status tells")
    return parser


def _results(name: str) -> str:
    if not name.endswith((".jsonl", ".parquet")):
        raise argparse.ArgumentTypeError(f"expected a name that ends in .jsonl or .parquet, found {name!r}")
    return name
