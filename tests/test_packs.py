"""Which packs are used, and what every way to use them shows of them."""

import json
import pickle
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import knowledge
import triage
from tests.knowledge.small import small, write_pack
from tests.knowledge.test_installed_packs import install
from triage.cli import main
from triage.errors import PackError, TriageError
from triage.new_pack import ANSWERS, CAUSE
from triage.new_pack import write_pack as write_new_pack

SAID = [part for finding, state in ANSWERS.items() for part in ("--answer", f"{finding}={state}")]
NAME = "Our faults 0.1.0"


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A project that one is in, and the person's folder of settings, both empty."""
    project, settings = tmp_path / "project", tmp_path / "config"
    project.mkdir()
    monkeypatch.chdir(project)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(settings))
    (settings / "loss-triage").mkdir(parents=True)
    return settings / "loss-triage"


@pytest.fixture
def site(tmp_path, monkeypatch):
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.fixture
def run(own, capsys):
    def command(*arguments):
        status = main([str(argument) for argument in arguments])
        output = capsys.readouterr()
        return status, output.out, output.err

    return command


@pytest.fixture
def pack(tmp_path):
    write_new_pack(tmp_path / "packs" / "ours", "Our faults")
    return tmp_path / "packs" / "ours"


def one_line(text):
    return " ".join(text.split())


# A new pack


def test_a_new_pack_passes_the_lint_and_says_how_a_diagnosis_changes(run, tmp_path):
    status, out, err = run("pack", "new", tmp_path / "new" / "our_faults")
    assert (status, err) == (0, "")
    assert "pack.yaml" in out
    assert 'then "The cached features were made by an older preprocessing' in out
    assert run("pack", "lint", tmp_path / "new" / "our_faults")[:2] == (0, "0 errors, 0 warnings\n")
    command = next(line for line in out.splitlines() if "--pack" in line).split()
    status, out, _ = run(*command[1:])
    assert status == 1
    assert out.startswith("Most likely: The cached features were made by an older preprocessing [Our faults 0.1.0]")


CAUSE_FILE = "causes/stale_feature_cache.yaml"
SLIPS = {
    "a key": (CAUSE_FILE, "family: data", "famliy: data", ["2: family: expected this key", "; nearest: family"]),
    "a finding": (CAUSE_FILE, "validation_against_train", "validation_agianst_train",
                  [":17: ", "; nearest: validation_against_train"]),
    "a source": (CAUSE_FILE, "source: our-incidents", "source: our-incident", [":14: ", "; nearest: our-incidents"]),
    "a number": (CAUSE_FILE, "never_improves: very_frequent", "never_improves: 1.5", ["one of the bands obligate"]),
    "a version": ("pack.yaml", "version: 0.1.0", "version: 0.1", [":4: ", "expected text, found 0.1; ", "quotes"]),
    "an order": ("pack.yaml", "version: 0.1.0", "version: 0.1.0\nafter: [our_faults]",
                 [":5: ", "our_faults, which is this pack"]),
    "a circle": ("checks/compare_cached_features.yaml", "{feature_cache: [reused]}",
                 "{compare_cached_features: [differ]}", [":9: ", "compare_cached_features -> compare_cached_features"]),
    "nothing": ("remedies/rebuild_feature_cache.yaml", None, "", [":1: expected a mapping of keys, found nothing"]),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_a_pack_is_told_with_its_line_and_what_was_meant(slip, run, pack):
    name, before, after, told = SLIPS[slip]
    text = (pack / name).read_text()
    (pack / name).write_text(after if before is None else text.replace(before, after))
    status, out, _ = run("pack", "lint", pack)
    assert status == 1
    assert f"error: {pack / name}:" in out
    for words in told:
        assert words in out


def test_files_and_folders_of_a_pack_that_are_not_read_are_warned_of(run, pack):
    (pack / CAUSE_FILE).rename(pack / "causes" / "other.yml")
    (pack / "remedies").rename(pack / "remedy")
    (pack / "overrides" / "causes").rename(pack / "overrides" / "cause")
    (pack / "notes").mkdir()
    for name in ("findings", "overrides/checks"):  # a kind that there is, though not there
        (pack / name).mkdir()
        (pack / name / "nan_onset.yaml").write_text("id: nan_onset\n")
    (pack / "languages" / "german" / "causes").mkdir(parents=True)
    out = run("pack", "lint", pack)[1]
    warned = {line.split(": ")[1] for line in out.splitlines() if "not read" in line}
    unread = ("causes/other.yml", "remedy", "overrides/cause", "findings", "overrides/checks", "languages/german")
    assert warned == {str(pack / name) for name in unread}
    assert "expected one of the folders causes, findings, remedies, found overrides/checks, which is not read" in out


def test_the_files_of_a_new_pack_find_their_schemas(pack):
    for file in pack.rglob("*.yaml"):
        first = file.read_text().splitlines()[0]
        assert (file.parent / first.partition("$schema=")[2]).is_file(), file


@pytest.mark.parametrize("name", ["1st", "x", "a: b", "'; import os", "a\nb", "[x]"])
def test_a_name_of_which_no_id_can_be_made_is_refused(name, run, tmp_path):
    status, _, err = run("pack", "new", tmp_path / "new", "--name", name)
    assert status == 2
    assert err.startswith("triage: expected a name of 3 to 80 letters")
    assert not (tmp_path / "new").exists()


def test_a_new_pack_is_not_written_over_anything(run, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    status, _, err = run("pack", "new", tmp_path)
    assert (status, err) == (2, f"triage: {tmp_path}: expected a new or empty folder, found something in it\n")
    assert not (tmp_path / "pack.yaml").exists()


def test_a_new_pack_is_built_as_a_package_that_holds_its_files(pack, tmp_path):
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    code = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    built = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=pack, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    from zipfile import ZipFile

    names = ZipFile(tmp_path / built.stdout.split()[-1]).namelist()
    assert {"our_faults/pack.yaml", f"our_faults/causes/{CAUSE}.yaml"} <= set(names)
    assert not any("schemas" in name or name.endswith(".py") for name in names)


# Where packs are named


def in_use(out):
    """Id -> what the list says of the pack."""
    lines = out.splitlines()
    return {line.split()[0]: lines[place + 1] for place, line in enumerate(lines) if not line.startswith(" ")}


def test_without_packs_the_list_says_so(run):
    assert run("pack", "list")[:2] == (
        0,
        "no packs: none is named with --pack, named in triage.toml, or installed\n",
    )


def test_a_pack_of_the_project_is_used_and_may_lie_inside_it_alone(run, own):
    write_new_pack(Path("ops/ours"), "Our faults")
    Path("triage.toml").write_text('[packs]\nfolders = ["ops/ours"]\n')
    assert in_use(run("pack", "list")[1])["our_faults"].endswith(f"used; {Path.cwd() / 'triage.toml'}")
    assert "Our faults 0.1.0" in run("knowledge", "show", CAUSE)[1]
    Path("triage.toml").write_text('[packs]\nfolders = ["../packs"]\n')
    status, _, err = run("pack", "list")
    assert status == 2
    assert "triage.toml: expected folders of packs inside the project, found " in err


def test_a_link_does_not_lead_out_of_the_project(run, pack):
    Path("ours").symlink_to(pack)
    Path("triage.toml").write_text('[packs]\nfolders = ["ours"]\n')
    assert "expected folders of packs inside the project" in run("knowledge", "list")[2]


def test_a_pack_of_the_persons_own_settings_may_lie_anywhere(run, own, pack):
    (own / "triage.toml").write_text(f'[packs]\nfolders = ["{pack}"]\n')
    assert in_use(run("pack", "list")[1])["our_faults"].startswith("  used; ")
    assert CAUSE in run("knowledge", "list")[1]
    assert CAUSE not in run("knowledge", "list", "--no-packs")[1]


def test_an_installed_pack_is_used_and_says_which_package_it_is_of(run, site):
    install(site, "acme", "acme_pack", small())
    assert in_use(run("pack", "list")[1]) == {"acme_pack": "  used; installed, acme 1.2"}
    assert "too_fast" in run("knowledge", "list")[1]
    assert not (site / "mark").exists()


def test_installed_packs_are_left_out_by_a_flag_or_by_the_settings(run, site, own):
    install(site, "acme", "acme_pack", small())
    assert in_use(run("pack", "list", "--no-packs")[1])["acme_pack"].startswith("  left out: --no-packs")
    assert "too_fast" not in run("knowledge", "list", "--no-packs")[1]
    (own / "triage.toml").write_text('[packs]\nleave_out = ["acme_pack"]\n')
    assert in_use(run("pack", "list")[1])["acme_pack"].startswith(f"  left out: leave_out in {own / 'triage.toml'}")
    assert "too_fast" not in run("knowledge", "list")[1]


def test_a_pack_that_is_named_counts_instead_of_one_of_the_same_id_that_is_installed(run, site, pack):
    install(site, "acme", "acme_pack", {**small(), "pack.yaml": (pack / "pack.yaml").read_text()})
    _, out, _ = run("pack", "list", "--pack", pack)
    assert out.count("our_faults  ") == 2
    assert "used; --pack" in out
    assert "left out: the one of --pack counts; installed, acme 1.2" in out
    assert "too_fast" not in run("knowledge", "list", "--pack", pack)[1]


def test_an_installed_pack_that_cannot_be_used_says_how_to_go_on_without_it(run, site):
    install(site, "acme", "acme_pack", {**small(), "pack.yaml": "id: acme\nschema_version: 9\n"})
    status, _, err = run("--answer", "nan_onset=sudden")
    assert (status, err.count("\n")) == (2, 1)
    assert "expected a pack of schema version 1, found 9" in err
    assert err.endswith("; triage --no-packs leaves it out\n")
    assert run("--answer", "nan_onset=sudden", "--no-packs")[0] == 1
    status, out, _ = run("pack", "list")
    assert status == 1
    assert "cannot be used; installed, acme 1.2" in out


@pytest.mark.parametrize(
    "text",
    ["[packs", "packs = 3", "[packs]\nfolders = 'x'", "[packs]\ncommand = 'rm'", "[run]\nx = 1", b"\xff\xfe",
     '[packs]\nfolders = ["a\\u0000b"]', "x" * 100_001],
)  # fmt: skip
def test_a_triage_toml_that_does_not_say_what_it_should_is_one_line(text, run):
    Path("triage.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    status, out, err = run("--answer", "nan_onset=sudden")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert f"{Path.cwd() / 'triage.toml'}: " in err
    assert "expected" in err


# A pack that cannot be used


def bad_pack(folder):
    files = small()
    files["causes/too_fast.yaml"]["remedies"] = [{"remedy": "pray"}]
    files["causes/bad_data.yaml"]["see_also"] = ["bad_luck"]
    return write_pack(folder, files)


@pytest.mark.parametrize(
    "command",
    [["--answer", "nan_onset=sudden"], ["--plain"], ["why", "overfitting", "--answer", "nan_onset=sudden"],
     ["knowledge", "list"], ["knowledge", "export", "--format", "dot"], ["batch", "."], ["watch", "x.csv"]],
)  # fmt: skip
def test_a_pack_that_fails_the_lint_is_refused_with_a_line_for_each_problem(command, run, tmp_path):
    pack = bad_pack(tmp_path / "bad")
    status, out, err = run(*command, "--pack", pack)
    assert (status, out) == (2, "")
    assert sorted(err.splitlines()) == [
        f"triage: {pack / 'causes/bad_data.yaml'}:30: expected a cause, found the unknown id 'bad_luck'; "
        "nearest: dead_relu, bad_data",
        f"triage: {pack / 'causes/too_fast.yaml'}:29: expected a remedy, found the unknown id 'pray'",
    ]


def test_from_python_a_pack_that_cannot_be_used_is_an_error_of_triage_or_of_the_knowledge(tmp_path):
    pack = bad_pack(tmp_path / "bad")
    with pytest.raises(TriageError) as caught:
        triage.diagnose(answers={"nan_onset": "sudden"}, packs=[pack])
    assert isinstance(caught.value, PackError)
    assert len(caught.value.problems) == 2
    with pytest.raises(knowledge.KnowledgeError):
        knowledge.load(packs=[pack])


def test_many_runs_with_a_pack_that_cannot_be_used_are_refused_from_python_too(tmp_path):
    (tmp_path / "run.csv").write_text("step,loss\n1,2\n2,1\n")
    packs = [str(bad_pack(tmp_path / "bad"))]
    with pytest.raises(PackError) as caught:
        list(triage.diagnose_many([tmp_path / "run.csv"], packs=packs, output=tmp_path / "o.jsonl"))
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.problems, str(again)) == (caught.value.problems, str(caught.value))


# What is shown of a pack


def test_every_report_names_the_pack_of_what_it_brought_and_changed(run, pack):
    for form in ("text", "markdown", "html", "sarif", "junit"):
        status, out, err = run(*SAID, "--pack", pack, "--format", form)
        assert (status, err) == (1, ""), form
        assert NAME in one_line(out).replace("\\", ""), form
    assert one_line(run(*SAID, "--pack", pack)[1]).endswith(f"With packs: {NAME}.")


def test_the_json_tells_the_pack_of_every_part(pack):
    diagnosis = triage.diagnose(answers=ANSWERS, packs=[pack])
    first = diagnosis.causes[0]
    assert [(one.id, one.title, one.version) for one in diagnosis.knowledge.packs] == [
        ("our_faults", "Our faults", "0.1.0")
    ]
    assert (first.id, first.pack, first.changed_by) == (CAUSE, "our_faults", [])
    assert [check.pack for check in first.checks] == ["our_faults"]
    assert [remedy.pack for remedy in first.remedies] == ["our_faults"]
    assert {finding.finding: finding.pack for finding in diagnosis.findings} == {
        "validation_against_train": None,
        "feature_cache": "our_faults",
    }
    assert all(cause.pack is None for cause in diagnosis.causes[1:])


def test_what_a_pack_changed_is_told_too(run, pack):
    name = "warmup_missing_or_too_short"
    diagnosis = triage.diagnose(answers={"train_loss_trend": "diverging"}, packs=[pack])
    changed = next(cause for cause in diagnosis.causes if cause.id == name)
    assert (changed.pack, changed.changed_by) == (None, ["our_faults"])
    assert changed.title.endswith(f"[changed by {NAME}]")
    _, out, _ = run("why", name, "--answer", "train_loss_trend=diverging", "--pack", pack)
    assert f"Changed by the pack {NAME}: prior rare, was regular. Our launcher adds" in one_line(out)
    _, out, _ = run("why", name, "--answer", "nan_onset=sudden", "--pack", pack, "--format", "json")
    assert json.loads(out)["cause"]["changes"][0]["before"] == "regular"


@pytest.mark.parametrize("command", [SAID, ["why", CAUSE, *SAID]], ids=["report", "why"])
def test_the_command_that_is_told_finds_what_only_the_pack_has(run, pack, command):
    _, out, _ = run(*command, "--pack", pack)
    (told,) = re.findall(r"triage (knowledge show \w+ --pack .*)", out)
    status, shown, err = run(*shlex.split(told))
    assert (status, err) == (0, "")
    assert shown


def test_knowledge_show_tells_the_pack_and_the_numbers_that_it_changed(run, pack):
    assert f"of the pack {NAME} (our_faults)" in one_line(run("knowledge", "show", CAUSE, "--pack", pack)[1])
    _, out, _ = run("knowledge", "show", "warmup_missing_or_too_short", "--pack", pack)
    assert f"changed by the pack {NAME}: prior rare, was regular" in one_line(out)
    assert "prior: rare" in out


def test_knowledge_list_tells_the_packs(run, pack):
    _, out, _ = run("knowledge", "list", "--pack", pack)
    assert f"older preprocessing [{NAME}]" in out
    assert out.splitlines()[-1].endswith(f"with {NAME}")


def test_the_knowledge_itself_has_its_titles_unmarked(pack):
    base = knowledge.load(packs=[pack])
    assert base.causes[CAUSE].title == "The cached features were made by an older preprocessing"
    marked = triage.Session(base).base
    assert marked.causes[CAUSE].title.endswith(f"[{NAME}]")
    assert triage.Session(marked).base.causes[CAUSE].title == marked.causes[CAUSE].title


def test_a_base_and_packs_are_one_or_the_other(pack, real_base):
    with pytest.raises(PackError, match="expected a base or packs, found both"):
        triage.diagnose(answers={"nan_onset": "sudden"}, base=real_base, packs=[pack])


def test_a_session_that_goes_on_without_its_pack_says_so(pack, tmp_path, real_base):
    from triage.shelf import find, resume, start

    session, journal = start(knowledge.load(packs=[pack]), tmp_path / "sessions")
    session.answer("feature_cache", "reused")
    journal.close()
    resumed = resume(find(journal.id, tmp_path / "sessions"), real_base)
    resumed.journal.close()
    assert resumed.notes[0] == (
        f"The session was begun with the pack {NAME}, which is not used now, so what it brought is left out; "
        "name its folder with --pack."
    )
    assert any("feature_cache" in note for note in resumed.notes[1:])
    again = resume(find(journal.id, tmp_path / "sessions"), knowledge.load(packs=[pack]))
    again.journal.close()
    assert again.notes == ()


def test_a_session_without_packs_is_saved_as_it_always_was(tmp_path, real_base):
    from triage.shelf import start

    _, journal = start(real_base, tmp_path)
    journal.close()
    assert "packs" not in json.loads(journal.path.read_text())
    assert journal.record.header.packs == ()


HOSTILE = "\x1b[31m<script>alert(1)</script> @channel #1 | ` [bold]x[/bold] \u202e$(id)"


def test_hostile_names_of_packs_and_causes_are_escaped_in_every_output(run, pack):
    import yaml

    manifest = yaml.safe_load((pack / "pack.yaml").read_text())
    (pack / "pack.yaml").write_text(yaml.safe_dump({**manifest, "title": HOSTILE}))
    cause = yaml.safe_load((pack / "causes" / f"{CAUSE}.yaml").read_text())
    (pack / "causes" / f"{CAUSE}.yaml").write_text(yaml.safe_dump({**cause, "title": HOSTILE}))
    forms = ("text", "markdown", "html", "json", "sarif", "junit", "github")
    commands = [
        *([*SAID, "--pack", pack, "--format", form] for form in forms),
        ["why", CAUSE, *SAID, "--pack", pack],
        ["why", "warmup_missing_or_too_short", *SAID, "--pack", pack],
        ["knowledge", "list", "--pack", pack],
        ["knowledge", "show", CAUSE, "--pack", pack],
        ["pack", "list", "--pack", pack],
        ["pack", "lint", pack],
    ]  # fmt: skip
    for command in commands:
        _, out, err = run(*command)
        assert "\x1b" not in out + err, command
        assert "\u202e" not in out + err, command
        if command[-1] in ("html", "markdown", "junit"):
            assert "<script" not in out, command


def test_hostile_text_in_problems_is_escaped(run, tmp_path):
    pack = write_pack(tmp_path / "bad", {"causes/x.yaml": 'id: x\n"\\e[31mkey": 1\n'})
    status, out, err = run("knowledge", "list", "--pack", pack)
    assert (status, out) == (2, "")
    assert "\x1b" not in err
