"""Packs that are installed: found without running anything of them."""

import importlib
import json
import sys
from pathlib import Path

import pytest

from knowledge.installed_packs import installed_packs
from tests.knowledge.small import small, write_pack


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of installed packages, the first one that is looked into."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def install(site, name, value, files=None, package="acme_pack"):
    """Install a distribution with one entry point; its package would leave a mark if it were imported."""
    info = site / f"{name}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(f"[triage.packs]\n{name} = {value}\n")
    if files is not None:
        target = site / Path(*package.split("."))
        write_pack(target, files)
        top = site / package.split(".", maxsplit=1)[0]
        for folder in {top, target}:
            (folder / "__init__.py").write_text(f"open({str(site / 'mark')!r}, 'w').close()\n")
    importlib.invalidate_caches()


def test_without_any_there_are_none(site):
    assert installed_packs() == []


@pytest.mark.parametrize("package", ["acme_pack", "acme_pack.knowledge.triage"])
def test_a_pack_is_found_where_its_package_lies_and_nothing_of_it_is_run(site, package):
    install(site, "acme", package, small(), package)
    (found,) = installed_packs()
    assert (found.name, found.package, found.problem) == ("acme", "acme 1.2", "")
    assert found.folder == site / Path(*package.split("."))
    assert not (site / "mark").exists()
    assert "acme_pack" not in sys.modules


@pytest.mark.parametrize(
    "value", ["acme_pack:run", "acme_pack/../../etc", "..acme", "acme pack", "acme-pack", "os.path:x"]
)
def test_a_value_that_names_no_package_is_told(site, value):
    install(site, "acme", value, small())
    (found,) = installed_packs()
    assert found.folder is None
    assert "expected the name of a package in the entry point 'acme'" in found.problem
    assert not (site / "mark").exists()


@pytest.mark.parametrize("value", ["not_installed", "acme_pack.elsewhere", "json", "sys"])
def test_a_package_without_a_pack_is_told(site, value):
    install(site, "acme", value, small())
    (found,) = installed_packs()
    assert found.folder is None
    assert "expected pack.yaml in the folder of the package" in found.problem


def test_a_folder_of_the_same_name_where_one_is_is_not_taken_for_the_package(site, tmp_path, monkeypatch):
    install(site, "acme", "acme_pack", small())
    write_pack(tmp_path / "here" / "acme_pack", {})
    monkeypatch.syspath_prepend(str(tmp_path / "here"))
    assert installed_packs()[0].folder == site / "acme_pack"


def test_a_package_that_is_installed_to_be_edited_is_found_where_it_is_edited(site, tmp_path, monkeypatch):
    install(site, "acme", "acme_pack")
    write_pack(tmp_path / "sources" / "acme_pack", {})
    monkeypatch.syspath_prepend(str(tmp_path / "sources"))
    assert installed_packs()[0].folder == tmp_path / "sources" / "acme_pack"


@pytest.mark.parametrize(
    ("value", "inside"),
    [
        ("acme_pack", ""),
        ("acme_pack", "acme_pack"),
        ("acme_pack", "src/acme_pack"),
        ("acme.packs.a", "src/acme/packs/a"),
    ],
)
def test_the_sources_of_one_that_is_edited_are_looked_into_where_nothing_of_it_can_be_imported(
    site, tmp_path, value, inside
):
    install(site, "acme", value)
    sources = tmp_path / "the sources é"
    write_pack(sources / inside, {})
    edited = {"dir_info": {"editable": True}, "url": sources.as_uri()}
    (site / "acme-1.2.dist-info" / "direct_url.json").write_text(json.dumps(edited))
    assert installed_packs()[0].folder == sources / inside


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '"x"', '{"dir_info": {}}', '{"dir_info": null, "url": 3}',
     '{"dir_info": {"editable": true}, "url": 3}', '{"dir_info": {"editable": true}, "url": "https://x.example/p"}',
     '{"dir_info": {"editable": true}, "url": "file://x.example/p"}',
     '{"dir_info": {"editable": true}, "url": "file:["}',
     '{"dir_info": {"editable": true}, "url": "file:///%00"}', "[" * 100_000],
)  # fmt: skip
def test_an_address_of_sources_that_says_nothing_of_use_does_no_harm(site, text):
    install(site, "acme", "acme_pack")
    (site / "acme-1.2.dist-info" / "direct_url.json").write_text(text)
    assert "expected pack.yaml in the folder of the package" in installed_packs()[0].problem


def test_several_come_in_the_order_of_their_names(site):
    install(site, "b_second", "pack_b", {}, "pack_b")
    install(site, "a_first", "pack_a", {}, "pack_a")
    assert [found.name for found in installed_packs()] == ["a_first", "b_second"]
