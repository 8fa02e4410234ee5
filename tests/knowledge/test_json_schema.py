import json
from pathlib import Path

import pytest
import yaml

import triage
from knowledge.content import read_content
from knowledge.json_schema import FOLDERS, PACK_SCHEMAS, binding, pack_schema, text_of, unbound_files
from knowledge.loader import BUILT_IN
from tests.knowledge.small import small, write_pack, written
from triage.cli import main
from triage.knowledge_schema_cli import SCHEMAS
from triage.schemas import answers_schema, answers_schema_of, diagnosis_schema

PUBLISHED = BUILT_IN / "schemas"


@pytest.fixture(scope="module")
def checker():
    """Schema -> a validator of the draft that it names; nothing is fetched for it."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed (extra dev)")

    def of(schema):
        kind = jsonschema.validators.validator_for(schema, default=None)
        kind.check_schema(schema)
        return kind(schema)

    return of


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schema_is_the_one_that_is_made(name):
    published = (PUBLISHED / f"{name}.json").read_text(encoding="utf-8")
    assert published == text_of(SCHEMAS[name]()), (
        f"make it anew: triage knowledge schema {name} > knowledge/schemas/{name}.json"
    )


def test_nothing_else_is_published():
    assert {path.stem for path in PUBLISHED.iterdir()} == set(SCHEMAS)


def test_every_schema_has_an_id_that_stays_and_says_its_draft(checker):
    for name, make in SCHEMAS.items():
        schema = make()
        assert schema["$id"] == f"urn:loss-triage:schema:{name}:1"
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        checker(schema)


def test_every_knowledge_file_fits_its_schema(checker):
    for folder, name in FOLDERS.items():
        validator = checker(pack_schema(name))
        for path in (BUILT_IN / folder).rglob("*.yaml"):
            content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
            assert [error.message for error in validator.iter_errors(content)] == [], path.name


SPOILT = {
    "an unknown key": lambda cause: cause.update(colour="red"),
    "a key that is missing": lambda cause: cause.pop("mechanism"),
    "a band that there is not": lambda cause: cause["symptoms"][0]["states"].update(grows="mostly"),
    "a share without its runs": lambda c: c["symptoms"][0]["states"].update(
        grows={"band": "frequent", "measured": 0.5}
    ),
    "an id with blanks": lambda cause: cause.update(id="too fast"),
    "evidence of a claim and a source": lambda c: c["odds"][0]["evidence"].append({"claim": "S9.1", "source": "s9"}),
    "evidence of a source without words": lambda c: c["odds"][0]["evidence"].append({"source": "a-paper"}),
    "a factor below zero": lambda cause: cause["odds"][0]["states"].update(sgd=-1),
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_the_models_refuse_the_schema_refuses_too(what, checker):
    files = small()
    cause = files["causes/too_fast.yaml"]
    validator = checker(pack_schema("cause"))
    assert validator.is_valid(cause)
    SPOILT[what](cause)
    assert read_content(written({"causes/too_fast.yaml": cause}))[1]
    if what != "evidence of a claim and a source":
        assert not validator.is_valid(cause)


def test_a_band_may_stand_alone_or_with_what_was_measured(checker):
    cause = small()["causes/bad_data.yaml"]
    assert isinstance(cause["symptoms"][0]["states"]["ends_in_nan"], dict)
    assert isinstance(cause["checks"][0]["states"]["dirty"], str)
    assert checker(pack_schema("cause")).is_valid(cause)


def test_a_precondition_may_stand_alone_or_among_alternatives(checker):
    check = small()["checks/scan_data.yaml"]
    validator = checker(pack_schema("check"))
    for asked in ({"optimizer_kind": ["adam"]}, [{"optimizer_kind": ["adam"]}, {"loss_course": ["grows"]}]):
        assert validator.is_valid(check | {"asks_when": asked})


def test_a_diagnosis_fits_its_schema(checker):
    validator = checker(diagnosis_schema())
    for answers in ({}, {"nan_onset": "sudden", "optimizer": ["adam", "adamw"]}):
        document = json.loads(triage.diagnose(answers=answers).model_dump_json())
        assert [error.message for error in validator.iter_errors(document)] == []
    assert not validator.is_valid(document | {"no_fault": "surely"})


def test_answers_fit_the_schema_of_any_knowledge_and_that_of_this_one(checker, real_base):
    given = {"optimizer": ["adam", "adamw"], "nan_onset": "sudden", "precision": "unknown", "bound_logits": "no_effect"}
    assert checker(answers_schema()).is_valid(given)
    assert checker(answers_schema_of(real_base)).is_valid(given)


def test_only_the_schema_of_this_knowledge_knows_its_findings_and_states(checker, real_base):
    for wrong in ({"optimiser": "adam"}, {"optimizer": "adamm"}):
        assert checker(answers_schema()).is_valid(wrong)
        assert not checker(answers_schema_of(real_base)).is_valid(wrong)
    for wrong in ({"optimizer": 3}, {"optimizer": []}, ["optimizer"]):
        assert not checker(answers_schema()).is_valid(wrong)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_command_prints_one_schema(name, capsys):
    assert main(["knowledge", "schema", name]) == 0
    assert json.loads(capsys.readouterr().out) == SCHEMAS[name]()


def test_the_command_prints_the_states_of_a_pack_too(tmp_path, capsys):
    pack = write_pack(tmp_path / "pack", small())
    assert main(["knowledge", "schema", "answers", "--with-states", "--pack", str(pack)]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["properties"]["loss_course"]["anyOf"][0]["enum"] == ["falls", "grows", "ends_in_nan", "unknown"]
    assert schema["$id"].startswith("urn:loss-triage:schema:answers:1:")


@pytest.mark.parametrize("arguments", [["frob"], ["cause", "--with-states"], ["--with-states"]])
def test_a_schema_that_there_is_not_is_one_line_and_status_2(arguments, capsys):
    assert main(["knowledge", "schema", *arguments]) == 2
    output = capsys.readouterr()
    assert (output.out, output.err.count("\n")) == ("", 1)


def test_the_binding_of_a_file_leads_to_its_schema():
    for folder, name in FOLDERS.items():
        for path in (BUILT_IN / folder).rglob("*.yaml"):
            depth = len(path.relative_to(BUILT_IN).parts) - 1
            relative = binding(name, depth).partition("$schema=")[2]
            assert (path.parent / relative).resolve() == PUBLISHED / f"{name}.json"
            break


def test_a_file_that_is_not_bound_is_a_warning_that_says_how(tmp_path):
    pack = write_pack(tmp_path, {"causes/x.yaml": "id: x\n", "causes/y.yaml": f"{binding('cause')}\nid: y\n"})
    (problem,) = unbound_files(pack)
    assert str(problem) == (
        "warning: causes/x.yaml:1: expected the line '# yaml-language-server: $schema=../schemas/cause.json', "
        "found 'id: x'"
    )


def test_the_kinds_of_schemas_are_the_kinds_of_files():
    assert set(FOLDERS.values()) | {"pack"} == set(PACK_SCHEMAS)
    assert {path.parent.name for path in Path(BUILT_IN).glob("*/*.yaml")} <= set(FOLDERS)
