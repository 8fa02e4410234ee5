"""Packs that are installed as packages: found by their entry points, and never imported.

A package announces a pack in the group `GROUP`: the value is the name of the package, or of one inside it, whose folder
holds the ``pack.yaml``. It lies beside what tells of the installed package. One that is installed to be edited
(``pip install -e``) says itself where its sources are, or the import system is asked where its top package is; neither
runs any of its code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from knowledge.pack import MANIFEST

__all__ = ["GROUP", "InstalledPack", "installed_packs"]

GROUP = "triage.packs"
"""Group of entry points."""

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class InstalledPack:
    """A pack that a package announces.

    Args:
        name: of the entry point.
        package: name and version of what was installed, such as ``acme-pack 1.2``.
        folder: where its files are; None where they are not found.
        problem: why not: what was expected and what was found; empty where they are.

    """

    name: str
    package: str
    folder: Path | None
    problem: str = ""


def installed_packs() -> list[InstalledPack]:
    """All packs that installed packages announce, in the order of their names; nothing of them is run."""
    points = sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))
    return [_installed(point) for point in points]


def _installed(point: EntryPoint) -> InstalledPack:
    package = f"{point.dist.name} {point.dist.version}" if point.dist is not None else "a package without a name"
    if not _DOTTED.fullmatch(point.value):
        problem = f"expected the name of a package in the entry point {point.name!r}, found {point.value!r}"
        return InstalledPack(point.name, package, None, problem)
    told = [] if point.dist is None else [_beside(point.dist, point.value), *_edited(point.dist, point.value)]
    folders = [*told, *_importable(point.value)]
    chosen = next((folder for folder in folders if (folder / MANIFEST).is_file()), None)
    if chosen is None:
        problem = f"expected {MANIFEST} in the folder of the package {point.value!r}, found none"
        return InstalledPack(point.name, package, None, problem)
    return InstalledPack(point.name, package, chosen)


def _beside(dist: Distribution, dotted: str) -> Path:
    """Where an ordinary installation puts the package."""
    return Path(str(dist.locate_file("/".join(dotted.split(".")))))


def _edited(dist: Distribution, dotted: str) -> Iterator[Path]:
    """Where the package may lie in the sources of one that is installed to be edited; a pack may be all of them.

    Format: https://packaging.python.org/specifications/direct-url/
    """
    try:
        said = json.loads(dist.read_text("direct_url.json") or "{}")
        is_edited, url = said["dir_info"]["editable"] is True, urlsplit(str(said["url"]))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return
    if is_edited and url.scheme == "file" and not url.netloc:
        from urllib.request import url2pathname

        root = Path(url2pathname(url.path))
        yield root.joinpath(*dotted.split("."))
        yield root.joinpath("src", *dotted.split("."))
        if "." not in dotted:
            yield root


def _importable(dotted: str) -> Iterator[Path]:
    """Where the package would be imported from."""
    top, *inside = dotted.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return
    for location in (spec.submodule_search_locations or []) if spec is not None else []:
        yield Path(location, *inside)
