"""A small pack that works, to be changed into one's own."""

from __future__ import annotations

import re
from pathlib import Path

from knowledge.base import VERSION
from knowledge.json_schema import PACK_SCHEMAS, pack_schema, text_of
from triage.errors import TriageError
from triage.report.escape import plain

__all__ = ["ANSWERS", "CAUSE", "write_pack"]

EXAMPLE = Path(__file__).parent / "pack_example"
"""The files that it is made from, in which the names below stand for those of the new pack."""

ID, TITLE, DISTRIBUTION, KNOWLEDGE = "example_pack", "Example pack", "DISTRIBUTION", "KNOWLEDGE"

CAUSE = "stale_feature_cache"
ANSWERS = {"validation_against_train": "never_improves", "feature_cache": "reused"}
"""What to say of a run so that the cause of the new pack comes first."""


def write_pack(folder: Path, title: str | None = None) -> list[Path]:
    """Write a pack with a cause, a setting, a check, a remedy and an override, and what makes it a package.

    Args:
        folder: where; it is made, or has to be empty.
        title: what the pack is called; by default as its folder. The id is made from it.

    Returns:
        The files that were written.

    Raises:
        TriageError: the folder holds something or cannot be written to, or no id can be made from the title.

    """
    named = folder.resolve().name.replace("_", " ").capitalize() if title is None else title
    replaced = {**_names(named), KNOWLEDGE: VERSION}
    place = plain(str(folder), 300)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise TriageError(f"{place}: expected a new or empty folder, found something in it")
        files = {
            _target(path): _replaced(path.read_text(encoding="utf-8"), replaced)
            for path in sorted(EXAMPLE.rglob("*"))
            if path.is_file()
        }
        files |= {Path("schemas", f"{name}.json"): text_of(pack_schema(name)) for name in PACK_SCHEMAS}
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise TriageError(f"{place}: expected a folder that can be written to, found: {reason}") from None
    return [folder / name for name in files]


def _names(title: str) -> dict[str, str]:
    """The names in the example -> those of the new pack."""
    name = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,63}", name) or not re.fullmatch(r"[A-Za-z][\w .,()+-]{2,79}", title):
        raise TriageError(
            "expected a name of 3 to 80 letters, digits and blanks that begins with a letter from a to z, "
            f"found {plain(title, 100)!r}; give one with --name"
        )
    return {ID: name, TITLE: title, DISTRIBUTION: name.replace("_", "-")}


def _target(path: Path) -> Path:
    name = path.relative_to(EXAMPLE)
    return {"pyproject.template": Path("pyproject.toml"), "README.template": Path("README.md")}.get(str(name), name)


def _replaced(text: str, names: dict[str, str]) -> str:
    return re.sub("|".join(map(re.escape, names)), lambda found: names[found[0]], text)
