"""The command line: a thin skin over `triage.diagnose` and `knowledge.load`."""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from triage import __version__
from triage.errors import PackError, TriageError
from triage.given import add_flags, given_by, is_given, tell
from triage.language import add_language_flag
from triage.packs import add_pack_flags, base_given, flags_again, with_flags
from triage.ui_cli import DEFAULT_PORT, has_terminal, port_number, run_front, serve
from triage.usage import FAULTY, HEALTHY, INTERRUPTED, UNUSABLE, OneLineParser, at_least_one, write_report

__all__ = ["main"]

COMMANDS = {
    "batch": ("triage.batch_cli", "run_batch"),
    "pack": ("triage.pack_cli", "run_pack"),
    "watch": ("triage.watch_cli", "run_watch"),
    "why": ("triage.why_cli", "run_why"),
    "sessions": ("triage.sessions_cli", "run_sessions"),
    "formats": ("triage.formats_cli", "run_formats"),
    "knowledge": ("triage.knowledge_cli", "run_knowledge"),
    "mcp": ("triage.mcp_cli", "run_mcp"),
}
"""Command -> where it is run."""

EXAMPLES = """\
without arguments, on a terminal: an interview on the screen

commands:
  triage why CAUSE   what speaks for and against a cause, and what would change it most
  triage batch PATH  many runs: which faults there are across them, against which settings
  triage watch PATH  follow logs while they grow: a line, or a command, when something is new
  triage sessions    the saved sessions
  triage formats     the formats of histories that are read
  triage pack        knowledge of your own: new, lint, list
  triage knowledge   list, show, lint, export, schema: see triage knowledge --help
  triage mcp         serve coding agents over the Model Context Protocol

examples:
  triage                                            be asked on the screen, with the log beside it
  triage --log history.csv                          what is wrong, why, and what to do
  triage --log history.csv --answer optimizer=adam  the same, knowing more
  triage --log history.csv --code train.py --config solver.prototxt
  triage --text "loss goes to nan after 3 epochs, lr 0.1, tried a smaller lr, no difference"
  triage --log history.csv --format json            for other programs
  triage --answer nan_onset=sudden                  without a log
  triage --plain --log history.csv                  be asked what would help most to know
  triage why exploding_gradients --log history.csv  what speaks for it and what against

exit status: 0 nothing wrong found, 1 a problem was found, 2 bad usage or unreadable input, 130 interrupted
"""


FORMATS = ("text", "json", "jsonl", "markdown", "html", "sarif", "junit", "github")
FORMATS_HELP = (
    "text to read (default); json for programs, jsonl the same on one line; markdown for an issue; html, a page by "
    "itself; sarif, junit or github (annotations) for a build"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: what follows the program's name; by default that of the process.

    Returns:
        The exit status.

    """
    # To look for garbage in what the process leaves behind would be a tenth of the time of a short command.
    atexit.register(gc.freeze)
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAULTY
    except PackError as error:
        return max(map(_complain, error.problems))
    except TriageError as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"expected to write the report, found: {error.strerror}")


def _run(arguments: Sequence[str]) -> int:
    if arguments and arguments[0] in COMMANDS:
        module, function = COMMANDS[arguments[0]]
        command: Callable[[Sequence[str]], int] = getattr(import_module(module), function)
        return command(arguments[1:])
    parser = _parser()
    if arguments and not arguments[0].startswith("-"):
        parser.error(f"expected --log FILE, --plain or a command ({', '.join(COMMANDS)}), found {arguments[0]!r}")
    options = parser.parse_args(arguments)
    if options.serve is not None:
        return _serve(options, parser)
    if options.plain or options.resume is not None:
        return _asked(options)
    if is_given(options):
        return _triage(options)
    if not _only_shown(options, parser):
        parser.error("expected --log FILE, --text WORDS or --answer FINDING=STATE")
    return run_front(options)


def _asked(options: argparse.Namespace) -> int:
    """On the screen where there is one and nothing speaks for plain lines, which also take logs and answers."""
    if options.plain or is_given(options) or options.output is not None or not has_terminal():
        from triage.plain_cli import run_interview

        return run_interview(options)
    return run_front(options)


def _only_shown(options: argparse.Namespace, parser: OneLineParser) -> bool:
    """Whether nothing is given but what the screen takes, too: packs and a language."""
    bare = vars(parser.parse_args([]))
    given = {name for name, value in vars(options).items() if value != bare[name]}
    return given <= {"pack", "no_packs", "language"}


def _serve(options: argparse.Namespace, parser: OneLineParser) -> int:
    if options.plain or is_given(options) or options.output is not None:
        parser.error("expected at most --resume beside --serve")
    return serve(options)


def _triage(options: argparse.Namespace) -> int:
    from triage.language import spoken
    from triage.session import Session

    session = Session(spoken(base_given(options), options.language))
    tell(session, given_by(options, session))
    diagnosis = session.diagnosis()
    if not options.quiet or options.output is not None:
        from triage.report.render import render

        to_terminal = options.output is None and sys.stdout.isatty()
        colour = to_terminal and not options.no_color and not os.environ.get("NO_COLOR")
        text = render(diagnosis, session.base, session.history, options.format, colour=colour, top=options.top)
        write_report(with_flags(text, flags_again(options)) if options.format == "text" else text, options.output)
    return HEALTHY if diagnosis.is_healthy else FAULTY


def _complain(message: str) -> int:
    from triage.report.escape import plain

    sys.stderr.write(f"triage: {plain(message, 1000)}\n")
    return UNUSABLE


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="triage",
        description="Find out why a neural network does not train: from its loss history, with ranked causes.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"triage {__version__}")
    given = parser.add_argument_group("what is known")
    add_flags(given)
    add_pack_flags(given)
    asked = parser.add_argument_group("being asked")
    asked.add_argument("--plain", action="store_true", help="ask on plain standard input and output")
    asked.add_argument(
        "--resume", metavar="ID", nargs="?", const="", help="go on with a saved session, by default the last one"
    )
    asked.add_argument(
        "--serve",
        metavar="PORT",
        type=port_number,
        nargs="?",
        const=DEFAULT_PORT,
        help=f"show the screen in a browser on this machine, by default at port {DEFAULT_PORT}",
    )
    shown = parser.add_argument_group("what is shown")
    add_language_flag(shown)
    shown.add_argument("--format", choices=FORMATS, default="text", help=FORMATS_HELP)
    shown.add_argument("--top", metavar="N", type=at_least_one, default=5, help="how many causes to list (default 5)")
    shown.add_argument("--output", metavar="FILE", help="write the report there")
    shown.add_argument("--quiet", action="store_true", help="print nothing; the exit status tells")
    shown.add_argument("--no-color", action="store_true", help="no colour on a terminal; NO_COLOR does the same")
    return parser


if __name__ == "__main__":
    sys.exit(main())
