"""Settings that a command line has by default (`argparse`, documentation of Python)."""

from __future__ import annotations

import math

from triage.intake.scripts.trace import Call, Run
from triage.intake.scripts.values import Items, Known, Library, Table, Unknown, Value, text

__all__ = ["parser_method"]


def parser_method(run: Run, parser: Table, name: str, call: Call) -> Value | None:
    """What a method of a parser yields: its settings are held in the values of the table."""
    if name == "add_argument":
        _argument(run, parser, call)
        return Known(None)
    if name in ("parse_args", "parse_known_args"):
        values = Table(parser.values, name="namespace")
        return Items([values, Items([], open=True)]) if name == "parse_known_args" else values
    if name in ("add_argument_group", "add_mutually_exclusive_group"):
        return parser
    if name == "add_subparsers":
        return Table(parser.values, name="parser")
    if name == "add_parser":
        return parser
    if name == "set_defaults":
        parser.values.update({key: _unsettled(value) for key, value in call.named.items()})
        return Known(None)
    return Unknown(name, run.tick())


def _argument(run: Run, parser: Table, call: Call) -> None:
    names = [text(value) or "" for value in call.args]
    wanted = text(call.named.get("dest"))
    if wanted is None:
        long = next((name for name in names if name.startswith("--")), names[0] if names else "")
        wanted = long.lstrip("-").replace("-", "_")
    action = text(call.named.get("action")) or ""
    default = call.named.get("default")
    if default is None and action in ("store_true", "store_false"):
        default = Known(action == "store_false")
    if default is None:
        default = Known(None) if names and names[0].startswith("-") else Unknown(wanted, run.tick())
    kind = call.named.get("type")
    if isinstance(default, Known) and isinstance(default.value, str) and isinstance(kind, Library):
        default = _converted(default, kind.name)
    parser.values[wanted] = _unsettled(default)


def _unsettled(value: Value) -> Value:
    return Known(value.value, settled=False) if isinstance(value, Known) else value


def _converted(value: Known, kind: str) -> Known:
    if kind not in ("builtins.float", "builtins.int"):
        return value
    try:
        found = float(value.value)
    except ValueError:
        return value
    if not math.isfinite(found):
        return value
    return Known(int(found) if kind.endswith("int") else found)
