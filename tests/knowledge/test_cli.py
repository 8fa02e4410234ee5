import json

import pytest

from knowledge.export import FORMATS, NETWORK_FORMATS
from knowledge.loader import load
from tests.knowledge.small import small, write_pack
from triage.cli import main

WIDTH = 100


@pytest.fixture
def run(capsys):
    """Run ``triage knowledge``: status, lines on standard output, standard error."""

    def knowledge(*arguments):
        status = main(["knowledge", *map(str, arguments)])
        output = capsys.readouterr()
        return status, output.out, output.err

    return knowledge


@pytest.fixture
def pack(tmp_path):
    """A pack with the small knowledge, which shares no id with the built-in one."""
    return write_pack(tmp_path / "pack", small())


def test_list_names_every_cause_once_with_its_title_and_counts_all(run, real_base):
    status, out, err = run("list")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    listed = [line.split(maxsplit=1) for line in lines if line.startswith("  ")]
    assert sorted(listed) == sorted([cause.id, cause.title] for cause in real_base.causes.values())
    assert lines[-1].startswith(f"{len(real_base.causes)} causes, ")
    assert f"{len(real_base.claims)} claims" in lines[-1]
    assert lines[-1].endswith(f"version {real_base.version}, hash {real_base.hash}")


def test_list_groups_the_causes_by_family(run, real_base):
    _, out, _ = run("list")
    family = None
    for line in out.splitlines()[:-1]:
        if line.startswith("  "):
            assert real_base.causes[line.split()[0]].family == family.replace(" ", "_")
        else:
            family = line


def test_list_shows_the_causes_of_a_pack_too(run, pack):
    _, without, _ = run("list")
    status, out, _ = run("list", "--pack", pack)
    assert status == 0
    assert "Steps too long" in out
    assert "Steps too long" not in without


@pytest.fixture
def loaded_once(monkeypatch, real_base):
    """Spare hundreds of commands the loading of the built-in knowledge."""
    monkeypatch.setattr("knowledge.loader.load", lambda packs: real_base if not packs else load(packs))


def test_show_works_for_every_id_there_is(run, real_base, loaded_once):
    kinds = (real_base.causes, real_base.findings, real_base.remedies, real_base.pairs, real_base.sources)
    for name in (name for kind in kinds for name in kind):
        status, out, err = run("show", name)
        assert (status, err) == (0, ""), name
        assert name in out, name


def shown(run, name, expected):
    """Run show, whose output must hold all that is expected, wherever its lines break."""
    _, out, _ = run("show", name)
    text = "".join(out.split())
    for part in expected:
        assert "".join(part.split()) in text, (name, part)


def test_show_tells_all_of_a_cause(run, real_base, loaded_once):
    for cause in real_base.causes.values():
        edges = [*cause.symptoms, *cause.checks, *cause.odds]
        shown(
            run,
            cause.id,
            [
                cause.title,
                cause.mechanism,
                f"prior: {cause.prior}",
                *(real_base.findings[edge.finding].title for edge in edges),
                *(real_base.remedies[link.remedy].change for link in cause.remedies),
            ],
        )


def test_show_tells_all_of_a_finding_and_the_causes_that_it_bears_on(run, real_base):
    _, out, _ = run("show", "optimizer")
    bearing = {
        cause.id
        for cause in real_base.causes.values()
        if "optimizer" in cause.requires or "optimizer" in {edge.finding for edge in cause.odds}
    }
    assert set(" ".join(out.split()).rpartition("bears on: ")[2].split(", ")) == bearing
    finding = real_base.findings["optimizer"]
    shown(run, "optimizer", [finding.question.prompt, *(state.label for state in finding.states.values())])


def test_show_tells_a_check_with_its_snippets(run, real_base):
    check = real_base.findings["clip_gradients"]
    shown(run, "clip_gradients", [check.instructions, *check.snippets, *check.snippets.values()])


def test_show_tells_a_remedy_with_its_values_and_causes(run, real_base):
    remedy = real_base.remedies["lower_learning_rate"]
    causes = [cause.id for cause in real_base.causes.values() if remedy.id in {link.remedy for link in cause.remedies}]
    values = ["new_learning_rate: learning_rate divide 10", *causes]
    shown(run, remedy.id, [remedy.change, remedy.side_effects, *values])


def test_show_tells_both_where_a_check_and_a_remedy_share_an_id(run, real_base, loaded_once):
    for name in real_base.remedies.keys() & real_base.findings.keys():
        shown(run, name, [real_base.findings[name].title, real_base.remedies[name].change])


def test_show_tells_evidence_with_its_source(run, pack):
    _, out, _ = run("show", "too_fast", "--pack", pack)
    assert "- Shorter steps end it. (A paper, page 3)" in out
    assert "- Long steps make it grow. (A post, S9.1)" in out


def test_show_gives_a_pair_and_a_source_as_json(run, pack):
    _, out, _ = run("show", "s9", "--pack", pack)
    assert json.loads(out)["claims"]["S9.1"] == "Long steps make it grow."
    _, out, _ = run("show", "bad_data__too_fast", "--pack", pack)
    assert json.loads(out)["causes"] == ["bad_data", "too_fast"]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("learning_rate_to_high", "learning_rate_too_high"),
        ("optimiser", "optimizer"),
        ("clip_gradient", "clip_gradients"),
        ("adam_second_moment", "adam_second_moment_collapse"),
    ],
)
def test_an_unknown_id_is_one_line_with_the_nearest_names_and_status_2(run, name, nearest):
    status, out, err = run("show", name)
    assert status == 2
    assert out == ""
    assert err.count("\n") == 1
    assert repr(name) in err
    assert nearest in err.partition("nearest: ")[2].strip().split(", ")


def test_questions_asks_every_finding_and_gives_the_flag_of_every_answer(run, real_base):
    status, out, err = run("questions")
    assert (status, err) == (0, "")
    text = "".join(out.split())
    for finding in real_base.findings.values():
        assert "".join(finding.question.prompt.split()) in text
        for name, state in finding.states.items():
            assert f"--answer{finding.id}={name}{''.join(state.label.split())}" in text


def test_the_flags_that_questions_prints_are_answers_that_triage_takes(run, capsys):
    _, out, _ = run("questions")
    flags = [line.split()[1] for line in out.splitlines() if line.strip().startswith("--answer")]
    for flag in flags[:: len(flags) // 10]:
        assert main(["--answer", flag, "--quiet"]) in (0, 1)


def test_nothing_but_code_and_json_is_wider_than_a_hundred_columns(run, real_base, loaded_once):
    for arguments in (["questions"], *(["show", name] for name in real_base.causes)):
        _, out, _ = run(*arguments)
        wide = [line for line in out.splitlines() if len(line) > WIDTH and " " in line.strip()]
        assert wide == []


def test_lint_finds_no_error_in_the_real_knowledge(run):
    status, out, err = run("lint")
    assert (status, err) == (0, "")
    assert out.splitlines()[-1].startswith("0 errors, ")
    assert not [line for line in out.splitlines() if line.startswith("error")]


def test_lint_of_a_spoilt_pack_tells_every_problem_and_ends_with_status_1(run, tmp_path):
    files = small()
    files["causes/too_fast.yaml"]["remedies"] = [{"remedy": "pray"}]
    files["causes/bad_data.yaml"]["see_also"] = ["bad_luck"]
    status, out, err = run("lint", "--pack", write_pack(tmp_path / "pack", files))
    assert (status, err) == (1, "")
    lines = out.splitlines()
    assert lines[-1] == "2 errors, 0 warnings"
    assert sorted(line.split(": ")[1] for line in lines[:-1]) == [
        f"{tmp_path / 'pack/causes/bad_data.yaml'}:30",
        f"{tmp_path / 'pack/causes/too_fast.yaml'}:29",
    ]


def test_lint_of_a_sound_pack_ends_with_status_0(run, pack):
    status, out, _ = run("lint", "--pack", pack)
    assert status == 0, out


def test_lint_of_a_pack_that_is_not_there_is_an_error(run, tmp_path):
    status, out, _ = run("lint", "--pack", tmp_path / "nowhere")
    assert status == 1
    assert "expected a folder of knowledge files, found none" in out


def test_a_pack_that_cannot_be_loaded_is_one_line_and_status_2(run, tmp_path):
    status, out, err = run("list", "--pack", write_pack(tmp_path / "pack", {"causes/x.yaml": "["}))
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "x.yaml:" in err


def test_schema_is_json_schema_of_every_kind_and_fits_the_files(run):
    status, out, _ = run("schema")
    assert status == 0
    schemas = json.loads(out)
    files = {"cause", "symptom", "setting", "check", "remedy", "pair", "source", "translation", "titles"}
    packs = {"pack", "cause_override", "finding_override", "remedy_override"}
    assert set(schemas) == files | packs | {"diagnosis", "answers"}
    for path, content in small().items():
        schema = schemas[path.split("/")[0].removesuffix("s").replace("remedie", "remedy")]
        assert schema["additionalProperties"] is False
        assert content.keys() <= schema["properties"].keys()
        assert set(schema["required"]) <= content.keys()


@pytest.mark.parametrize("name", [*FORMATS, *NETWORK_FORMATS])
def test_export_writes_every_format_to_standard_output_and_the_same_to_a_file(run, tmp_path, name):
    status, out, err = run("export", "--format", name)
    assert (status, err) == (0, "")
    assert run("export", "--format", name, "--output", tmp_path / "out") == (0, "", "")
    assert (tmp_path / "out").read_text(encoding="utf-8") == out


def test_export_takes_packs_and_causes(run, pack):
    status, out, _ = run("export", "--format", "mermaid", "--cause", "too_fast", "--pack", pack)
    assert status == 0
    assert "Steps too long" in out
    assert "Learning rate too high" not in out


def test_export_of_a_network_can_hold_two_faults_at_once(run):
    status, out, _ = run("export", "--format", "xmlbif", "--two-faults")
    assert status == 0
    assert "<OUTCOME>exploding_gradients__and__learning_rate_too_high</OUTCOME>" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--format", "frob"],
        [],
        ["--format", "dot", "--cause", "frob"],
        ["--format", "xdsl", "--cause", "learning_rate_too_high"],
        ["--format", "dot", "--two-faults"],
        ["--format", "dot", "--output", "/nowhere/to/be/found"],
    ],
)
def test_an_export_that_cannot_be_is_one_line_and_status_2(run, arguments):
    status, out, err = run("export", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("triage: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["frob"], ["show"], ["list", "--frob"], ["list", "--pack"]])
def test_bad_usage_is_one_line_and_status_2(run, arguments):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("triage: ")
    assert err.count("\n") == 1


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["knowledge", "--help"])
    assert caught.value.code == 0
    out = capsys.readouterr().out
    for command in ("list", "show", "lint", "questions", "export", "schema"):
        assert command in out
