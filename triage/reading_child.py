"""The process that reads a history for another one; `triage.reading_apart` starts it and listens.

It finds in its folder what to read, leaves there what it read, and says on standard output, a line of JSON each time,
how far it is and in the end that it is done or why it is not.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from triage.attaching import attached
from triage.errors import HistoryError
from triage.event_json import as_json, fields_of
from triage.history import read_history
from triage.history.mapped import write_history

__all__ = ["EVENT", "REQUEST", "main"]

REQUEST = "request.json"
"""The files and the chosen columns."""

POLITENESS = 10
"""By how much the screen of the one who waits goes before, where processors are few."""

EVENT = "event.json"
"""What a session keeps of the history."""


def main(folder: Path) -> None:
    """Read what is asked for in a folder; whoever asked may have gone, then the folder is cleared away for them."""
    if hasattr(os, "nice"):
        os.nice(POLITENESS)
    try:
        _say(**_read(folder))
    except BrokenPipeError:
        shutil.rmtree(folder, ignore_errors=True)


def _read(folder: Path) -> dict[str, object]:
    request = json.loads((folder / REQUEST).read_text(encoding="ascii"))
    files, chosen = request["files"], request["chosen"]
    try:
        history = read_history(files, chosen, progress=lambda read, size: _say(read=[read, size]))
        event = attached(history, chosen)
    except HistoryError as error:
        return {"failed": [error.file, error.reason, error.line]}
    except MemoryError:
        return {"failed": [files[0], "expected a history that fits into memory, found that there is too little", None]}
    try:
        write_history(history, folder)
        (folder / EVENT).write_bytes(as_json(fields_of(event)))
    except OSError as error:
        where = f"{folder.parent}, found: {error.strerror}"
        return {"failed": [files[0], f"expected room for its curves in the temporary folder {where}", None]}
    return {"done": True}


def _say(**message: object) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
