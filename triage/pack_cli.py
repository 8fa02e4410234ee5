"""``triage pack``: which packs are used and why, what is wrong with one, and a new one to begin with."""

from __future__ import annotations

import argparse
import shlex
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from knowledge.errors import Problem
from triage.packs import Candidate, add_pack_flags, candidates
from triage.report.escape import plain
from triage.report.figures import counted, percent
from triage.usage import FAULTY, HEALTHY, OneLineParser

__all__ = ["run_pack", "tell_problems"]

WIDTH = 100

EXAMPLES = """\
examples:
  triage pack new our_faults            a small pack that works, to be changed
  triage pack lint our_faults           what is wrong with it, by file and line
  triage --pack our_faults --log x.csv  a triage with it
  triage pack list                      packs that are installed or named in triage.toml, and whether they are used

A pack is a folder of YAML files and can run nothing. It is used where it is named with --pack, in [packs] folders of
triage.toml (in this folder, or in your own folder of settings), or installed with an entry point in triage.packs.
"""


def run_pack(arguments: Sequence[str]) -> int:
    """Run ``triage pack`` with what follows it; returns the exit status.

    Raises:
        TriageError: bad usage, or a folder that a pack cannot be written to.

    """
    options = _parser().parse_args(arguments)
    if options.command == "new":
        return _new(Path(options.folder), options.name)
    if options.command == "lint":
        from knowledge.pack_lint import lint_packs

        return tell_problems(lint_packs(options.folders))
    return _list(options)


def tell_problems(problems: Sequence[Problem]) -> int:
    """Print all problems, one a line, and how many there are; status 1 if one of them is an error."""
    for problem in problems:
        sys.stdout.write(f"{plain(str(problem), 1000)}\n")
    errors = sum(problem.severity == "error" for problem in problems)
    sys.stdout.write(f"{counted(errors, 'error')}, {counted(len(problems) - errors, 'warning')}\n")
    return FAULTY if errors else HEALTHY


def _list(options: argparse.Namespace) -> int:
    found = candidates(options.pack, alone=options.no_packs)
    if not found:
        sys.stdout.write("no packs: none is named with --pack, named in triage.toml, or installed\n")
    for candidate in found:
        _tell(candidate)
    return FAULTY if any(candidate.problems and not candidate.left_out for candidate in found) else HEALTHY


def _tell(candidate: Candidate) -> None:
    name = candidate.id if candidate.pack is None else f"{candidate.pack.id}  {candidate.pack.name}"
    use = "cannot be used" if candidate.problems else "used"
    use = f"left out: {candidate.left_out}" if candidate.left_out else use
    sys.stdout.write(f"{plain(name)}\n  {plain(use)}; {plain(candidate.why, 300)}\n")
    if candidate.folder is not None:
        sys.stdout.write(f"  {plain(str(candidate.folder), 500)}\n")
    for problem in candidate.problems:
        sys.stdout.write(f"  {plain(problem, 1000)}\n")


def _new(folder: Path, title: str | None) -> int:
    from triage.new_pack import ANSWERS, CAUSE, write_pack

    for file in write_pack(folder, title):
        if "schemas" not in file.parts:
            sys.stdout.write(f"{plain(str(file), 500)}\n")
    said = [f"--answer {finding}={state}" for finding, state in ANSWERS.items()]
    name = shlex.quote(str(folder))
    told = f"Try it without and with the pack: {_effect(folder, ANSWERS, CAUSE)}"
    sys.stdout.write("\n" + "\n".join(textwrap.wrap(plain(told, 1000), WIDTH)) + "\n")
    known = " ".join(said[:1])
    for command in (f"triage {known}", f"triage {' '.join(said)} --pack {name}", f"triage pack lint {name}"):
        sys.stdout.write(f"  {plain(command, 1000)}\n")
    return HEALTHY


def _effect(folder: Path, answers: dict[str, str], cause: str) -> str:
    """What a run is taken for without the new pack and with it, as it is worked out now."""
    from knowledge.loader import load
    from triage.one_call import diagnose

    base = load([folder])
    known = {finding: state for finding, state in answers.items() if base.pack_of(base.findings[finding]) is None}
    before = diagnose(answers=known).causes[0]
    after = next(view for view in diagnose(answers=answers, base=base).causes if view.id == cause)
    first, then = (f'"{view.title}" ({percent(view.probability)})' for view in (before, after))
    return f"first comes {first}, then {then}."


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="triage pack",
        description="Knowledge of your own: causes, findings, checks and remedies beside the built-in ones.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    purpose = "the packs that there are, whether each is used, and why"
    add_pack_flags(commands.add_parser("list", help=purpose, description=purpose))
    purpose = "a small pack that works, in a new folder"
    new = commands.add_parser("new", help=purpose, description=purpose)
    new.add_argument("folder", metavar="DIR")
    new.add_argument("--name", metavar="TITLE", help="what it is called; by default as its folder")
    purpose = "what is wrong with packs, by file and line; status 1 if anything is"
    lint = commands.add_parser("lint", help=purpose, description=purpose)
    lint.add_argument("folders", metavar="DIR", nargs="+")
    return parser
