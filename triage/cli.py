"""The command line: a thin skin over `triage.diagnose` and `knowledge.load`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from triage import __version__
from triage.errors import AnswerError, TriageError

__all__ = ["main"]

HEALTHY, FAULTY, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses."""

EXAMPLES = """\
examples:
  triage --log history.csv                          what is wrong, why, and what to do
  triage --log history.csv --answer optimizer=adam  the same, knowing more
  triage --log history.csv --format json            for other programs
  triage --answer nan_onset=sudden                  without a log
  triage knowledge list                             the causes that it knows

exit status: 0 nothing wrong found, 1 a problem was found, 2 bad usage or unreadable input, 130 interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: what follows the program's name; by default that of the process.

    Returns:
        The exit status.

    """
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAULTY
    except TriageError as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"expected to write the report, found: {error.strerror}")


def _run(arguments: Sequence[str]) -> int:
    if arguments and arguments[0] == "knowledge":
        from triage.knowledge_cli import run_knowledge

        return run_knowledge(arguments[1:])
    parser = _parser()
    if arguments and not arguments[0].startswith("-"):
        parser.error(f"expected --log FILE or the command knowledge, found {arguments[0]!r}")
    options = parser.parse_args(arguments)
    if not options.log and not options.answer and options.answers is None:
        if arguments:
            parser.error("expected --log FILE or --answer FINDING=STATE")
        parser.print_help()
        return HEALTHY
    return _triage(options)


def _triage(options: argparse.Namespace) -> int:
    answers = {**_answers_from_file(options.answers), **_pairs(options.answer, "--answer FINDING=STATE")}
    columns = _pairs(options.column, "--column CANONICAL=NAME")
    from triage.session import Session

    session = Session()
    for finding, state in answers.items():
        session.check_answer(finding, state)
    if options.log:
        from triage.history import read_history

        session.attach(read_history(options.log if len(options.log) > 1 else options.log[0], columns))
    for finding, state in answers.items():
        session.answer(finding, state)
    diagnosis = session.diagnosis()
    if not options.quiet or options.output is not None:
        from triage.report.render import render

        to_terminal = options.output is None and sys.stdout.isatty()
        colour = to_terminal and not options.no_color and not os.environ.get("NO_COLOR")
        text = render(diagnosis, session.base, session.history, options.format, colour=colour, top=options.top)
        _write(text, options.output)
    return HEALTHY if diagnosis.is_healthy else FAULTY


def _write(text: str, output: str | None) -> None:
    if output is None:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, errors="replace").decode(encoding))
        sys.stdout.flush()
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise TriageError(f"{output}: expected a file that can be written, found: {error.strerror}") from None


def _answers_from_file(file: str | None) -> dict[str, str]:
    if file is None:
        return {}
    from triage.answers import read_answers

    return read_answers(file)


def _pairs(given: Sequence[str], form: str) -> dict[str, str]:
    pairs = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not (name and equals and value):
            raise AnswerError(f"expected {form}, found {item!r}")
        pairs[name.strip()] = value.strip()
    return pairs


def _complain(message: str) -> int:
    from triage.report.escape import plain

    sys.stderr.write(f"triage: {plain(message, 1000)}\n")
    return UNUSABLE


class _OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise TriageError(f"{message}; try triage --help")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, found {text!r}")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(
        prog="triage",
        description="Find out why a neural network does not train: from its loss history, with ranked causes.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"triage {__version__}")
    given = parser.add_argument_group("what is known")
    given.add_argument(
        "--log",
        metavar="FILE",
        action="append",
        default=[],
        help="history of the run, - for standard input; repeat for several files of one run",
    )
    given.add_argument(
        "--answer",
        metavar="FINDING=STATE",
        action="append",
        default=[],
        help="what you know of the run; repeat; STATE may be unknown",
    )
    given.add_argument("--answers", metavar="FILE", help="the same from a YAML or JSON file")
    given.add_argument(
        "--column",
        metavar="CANONICAL=NAME",
        action="append",
        default=[],
        help="which column is what, e.g. train_loss=my_loss",
    )
    shown = parser.add_argument_group("what is shown")
    shown.add_argument("--format", choices=("text", "json", "markdown", "html"), default="text")
    shown.add_argument("--top", metavar="N", type=_count, default=5, help="how many causes to list (default 5)")
    shown.add_argument("--output", metavar="FILE", help="write the report there")
    shown.add_argument("--quiet", action="store_true", help="print nothing; the exit status tells")
    shown.add_argument("--no-color", action="store_true", help="no colour on a terminal; NO_COLOR does the same")
    parser.add_argument_group("commands").add_argument(
        "knowledge", nargs="?", choices=["knowledge"], help="list, show, lint: see triage knowledge --help"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
