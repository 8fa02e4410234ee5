"""``triage formats``: the formats of histories and of configurations that are read."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence

from triage.history.format import Format
from triage.intake.configs.formats import ConfigFormat
from triage.usage import HEALTHY, OneLineParser

__all__ = ["run_formats"]

WIDTH = 100

TITLES = {"--log": "HISTORIES, for --log", "--config": "CONFIGURATIONS, for --config"}

BESIDE = (
    "A file is told by what is in it; a folder of a run is read as one history. Beside these: programs and notebooks "
    "in Python that train with PyTorch, Keras or TensorFlow (--code); weights as safetensors, PyTorch checkpoints, "
    "npz, npy, Keras and HDF5 files (--weights); data as CSV, Parquet, npy and npz (--data)."
)
"""What else is read."""


def run_formats(arguments: Sequence[str]) -> int:
    """Run ``triage formats`` with what follows it; returns the exit status.

    Raises:
        TriageError: bad usage.

    """
    options = _parser().parse_args(arguments)
    from triage.history.formats import FORMATS
    from triage.intake.configs import FORMATS as CONFIGS

    flags: dict[str, Sequence[Format | ConfigFormat]] = {"--log": FORMATS, "--config": CONFIGS}
    if options.json:
        import json

        told = [
            {"name": known.name, "written_by": known.written_by, "example": known.example, "flag": flag}
            for flag, formats in flags.items()
            for known in formats
        ]
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        return HEALTHY
    for flag, formats in flags.items():
        entries = "\n\n".join("\n".join(_entry(known)) for known in formats)
        sys.stdout.write(f"{TITLES[flag]}\n\n{entries}\n\n")
    sys.stdout.write("\n".join(textwrap.wrap(BESIDE, WIDTH)) + "\n")
    return HEALTHY


def _entry(known: Format | ConfigFormat) -> Iterator[str]:
    yield known.name
    yield from textwrap.wrap(known.written_by, WIDTH, initial_indent="  ", subsequent_indent="  ")
    for line in known.example.splitlines():
        yield f"      {line[: WIDTH - 9] + '...' if len(line) > WIDTH - 6 else line}"


def _parser() -> OneLineParser:
    parser = OneLineParser(
        prog="triage formats",
        description="The formats of histories and of configurations that are read, with the programs that write them "
        "and an example.",
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="for other programs")
    return parser
