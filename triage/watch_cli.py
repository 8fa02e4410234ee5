"""``triage watch``: follow the logs of runs while they grow, and say what is new."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from triage.packs import add_pack_flags, base_given
from triage.usage import FAULTY, HEALTHY, INTERRUPTED, UNUSABLE, OneLineParser

if TYPE_CHECKING:
    from triage.watching.follower import Judging
    from triage.watching.news import News
    from triage.watching.watch import Ended

__all__ = ["run_watch"]

EXAMPLES = """\
examples:
  triage watch train.log                           a line when a finding appears or clears
  triage watch runs/                               every run in a folder, those that come later too
  triage watch train.log --exec 'notify-send Training "see the log"'
  triage watch train.log --exec ./tell.sh          what is new stands in TRIAGE_MESSAGE, TRIAGE_FILE ...
  triage watch train.log --fail-on nan_onset --until-idle 600   in a build: ends with 1 once the loss is NaN
  triage watch train.log --fail-on any --threshold 0.9
  triage watch runs/ --format jsonl | jq .message

--exec is given to no shell. It runs for one thing at a time: a finding that appears, a cause that comes first, what
--fail-on names. It finds them in TRIAGE_EVENT, TRIAGE_FILE, TRIAGE_RUN, TRIAGE_STEP, TRIAGE_FINDING, TRIAGE_STATE,
TRIAGE_CAUSE, TRIAGE_PROBABILITY, TRIAGE_MESSAGE and TRIAGE_TIME. What a log can say never becomes part of the command.

A finding, a cause or what --fail-on names counts once two readings in a row show it, or when nothing was written
since; a loss that ends in NaN counts at once. As a run that is watched may go on, its length says nothing.

exit status: 1 what --fail-on names was found, or without it a problem in some run when the watching ended by itself;
0 none of that, 2 bad usage or nothing that could be read, 130 interrupted
"""

FAREWELL = 2.0
"""Seconds that a command has left after an interruption."""


def run_watch(arguments: Sequence[str]) -> int:
    """Run ``triage watch`` with what follows it; returns the exit status.

    Raises:
        TriageError: bad usage.

    """
    options = _parser().parse_args(arguments)
    from triage.watching.command import Commands, split_command
    from triage.watching.places import Places
    from triage.watching.watch import Watch

    places = Places(options.paths)
    words = None if options.exec is None else split_command(options.exec)
    judging = _judging(options)
    say = partial(_say, form=options.format)
    commands = None if words is None else Commands(words, options.exec_timeout, _complain)
    watch = Watch(places, judging, say, commands)
    try:
        ended = watch.once() if options.once else watch.follow(options.interval, options.until_idle)
        if commands is not None:
            commands.finish()
    except KeyboardInterrupt:
        if commands is not None:
            commands.finish(FAREWELL)
        say(watch.ended().summary)
        return INTERRUPTED
    say(ended.summary)
    return _status(ended, asked=bool(options.fail_on))


def _status(ended: Ended, *, asked: bool) -> int:
    if ended.held:
        return FAULTY
    if ended.runs == 0:
        return UNUSABLE
    return FAULTY if ended.faulty and not asked else HEALTHY


def _judging(options: argparse.Namespace) -> Judging:
    """Load the knowledge, and hold that all names are known."""
    from triage.callbacks.alarms import check_stops
    from triage.given import given_by
    from triage.session import Session
    from triage.watching.follower import Judging
    from triage.watching.told import Told

    base = base_given(options)
    check_stops(options.fail_on, base, "--fail-on")
    session = Session(base)
    nothing = {"log": [], "run": "", "text": [], "code": [], "weights": [], "data": [], "quiet": True}
    given = given_by(argparse.Namespace(**{**nothing, **vars(options)}), session)
    return Judging(
        session=session,
        answers=given.answers,
        enclosed=given.enclosed[0] if given.enclosed else None,
        columns=given.columns,
        begin=lambda: Told(base, options.sure, options.fail_on, options.threshold),
    )


def _say(news: News, form: str) -> None:
    from triage.usage import write_report
    from triage.watching.news import json_line, text_line

    write_report(json_line(news) if form == "jsonl" else text_line(news), None)


def _complain(message: str) -> None:
    from triage.report.escape import plain

    sys.stderr.write(f"triage: {plain(message, 500)}{os.linesep if sys.stderr.isatty() else chr(10)}")
    sys.stderr.flush()


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="triage watch",
        description="Follow the logs of runs while they grow: a line when a finding appears or clears, and when "
        "another cause comes first; quiet otherwise.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", help="files, which need not be there yet, folders, patterns in quotes"
    )
    parser.add_argument(
        "--interval", metavar="SECONDS", type=_seconds, default=2.0, help="between two looks (default 2)"
    )
    parser.add_argument("--format", choices=("text", "jsonl"), default="text", help="lines to read, or one object each")
    parser.add_argument("--sure", metavar="P", type=_share, default=0.9, help=SURE)
    ending = parser.add_argument_group("when it ends")
    ending.add_argument("--fail-on", metavar="CAUSE|FINDING[=STATE]", action="append", default=[], help=FAIL_ON)
    ending.add_argument(
        "--threshold", metavar="P", type=_share, default=0.5, help="probability from which on --fail-on holds (0.5)"
    )
    either = ending.add_mutually_exclusive_group()
    either.add_argument(
        "--until-idle", metavar="SECONDS", type=_seconds, help="end when nothing was written for so long"
    )
    either.add_argument("--once", action="store_true", help="look once and end")
    command = parser.add_argument_group("a command for what is new")
    command.add_argument(
        "--exec", metavar="COMMAND", help="run it on a finding; it is split as a shell would, see below"
    )
    command.add_argument(
        "--exec-timeout", metavar="SECONDS", type=_seconds, default=60.0, help="that it may take (default 60)"
    )
    known = parser.add_argument_group("what is known of the runs")
    known.add_argument(
        "--answer", metavar="FINDING=STATE", action="append", default=[], help="as for triage --log; repeat"
    )
    known.add_argument("--answers", metavar="FILE", help="the same from a YAML or JSON file")
    known.add_argument("--column", metavar="CANONICAL=NAME", action="append", default=[], help="which column is what")
    known.add_argument(
        "--config", metavar="FILE", action="append", default=[], help="configuration of the runs; repeat"
    )
    add_pack_flags(known)
    return parser


SURE = "probability of a fault from which on its cause is told (default 0.9); findings are told from a half on"
FAIL_ON = "end with status 1 as soon as it holds; any stands for any fault; repeat"


def _seconds(text: str) -> float:
    """A number of seconds above nought, for argparse."""
    value = _number(text)
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"expected seconds above 0, found {text!r}")
    return value


def _share(text: str) -> float:
    """A probability above nought, for argparse."""
    value = _number(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"expected a probability above 0 and up to 1, found {text!r}")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
