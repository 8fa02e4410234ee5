"""``triage.toml``: which packs are used without being named, of a project and of a person.

Two files are looked at: ``triage.toml`` in the folder that one is in, and ``triage.toml`` in the person's own folder of
settings. Both may hold a table ``packs`` with ``folders``, relative to the file, and ``leave_out``, ids of packs that
are installed or named in the other file. A project's file comes from whoever wrote the project, so it may name folders
inside the project alone; it can choose knowledge, and cannot run anything.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.complaint import complaint
from triage.errors import TriageError
from triage.own_settings import settings_folder
from triage.report.escape import plain

__all__ = ["FILE", "PackSettings", "pack_settings"]

FILE = "triage.toml"

LARGEST_FILE = 100_000


@dataclass(frozen=True, slots=True)
class PackSettings:
    """What one file says.

    Args:
        file: which.
        folders: of packs.
        leave_out: ids of packs.

    """

    file: Path
    folders: tuple[Path, ...] = ()
    leave_out: tuple[str, ...] = ()


class _Packs(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    folders: list[str] = Field(default_factory=list, max_length=100)
    leave_out: list[str] = Field(default_factory=list, max_length=1000)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    packs: _Packs = Field(default_factory=_Packs)


def pack_settings() -> list[PackSettings]:
    """What the files say that there are, that of the project, which is the folder that one is in, first.

    Raises:
        TriageError: a file cannot be read or does not say what it should.

    """
    project = Path.cwd()
    found = [_settings(project / FILE, inside=project), _settings(settings_folder() / FILE, inside=None)]
    return [settings for settings in found if settings is not None]


def _settings(file: Path, inside: Path | None) -> PackSettings | None:
    place = plain(str(file), 300)
    try:
        if not file.is_file():
            return None
        with file.open("rb") as stream:
            raw = stream.read(LARGEST_FILE + 1)
        if len(raw) > LARGEST_FILE:
            raise TriageError(f"{place}: expected at most {LARGEST_FILE:,} bytes, found more")
        said = _File.model_validate(tomllib.loads(raw.decode("utf-8"))).packs
    except OSError as error:
        raise TriageError(f"{place}: expected a file that can be read, found: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise TriageError(f"{place}: expected UTF-8, found byte 0x{raw[error.start]:02x} at {error.start}") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise TriageError(f"{place}: expected TOML, found: {plain(str(error), 200)}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = plain(".".join(map(str, first["loc"])), 80)
        hint = f"; {FILE} has one table, packs, with the lists folders and leave_out"
        raise TriageError(f"{place}: {key}: {plain(complaint(first))}{hint}") from None
    folders = tuple(file.parent / folder for folder in said.folders)
    for folder in folders:
        _hold_inside(folder, inside, place)
    return PackSettings(file, folders, tuple(said.leave_out))


def _hold_inside(folder: Path, inside: Path | None, place: str) -> None:
    try:
        if "\0" in str(folder):
            raise ValueError("a NUL in its name")
        outside = inside is not None and not folder.resolve().is_relative_to(inside.resolve())
    except (OSError, ValueError, RuntimeError) as error:
        raise TriageError(f"{place}: expected a folder, found {plain(str(folder), 200)!r}: {error}") from None
    if outside:
        raise TriageError(
            f"{place}: expected folders of packs inside the project, found {plain(str(folder), 200)}; "
            f"name others with --pack, or in your own {FILE}"
        )
