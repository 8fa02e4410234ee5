import json

import pytest

pytest.importorskip("mcp", reason="the server comes with the extra mcp")

import jsonschema

from tests.mcp_server.serving import DATA, served, told
from triage import __version__
from triage.cli import main
from triage.diagnosis import Diagnosis
from triage.why import Why

TRUTH = {"scan_inputs_for_nan": "found", "replay_failing_batch": "bad_value_in_batch", "weights_contain_nan": "all"}
"""What is so of the run in nan_in_input.csv."""


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_it_begins_with_who_it_is_and_how_to_use_it(mode):
    async with served(mode=mode) as client:
        assert client.server_info.name == "triage"
        assert client.server_info.version == __version__
        assert "diagnose" in client.instructions
        assert client.server_capabilities.tools is not None
        assert client.server_capabilities.resources is not None


async def test_it_lists_five_tools_whose_schemas_are_sound():
    async with served() as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert list(tools) == ["diagnose", "next_question", "answer", "explain", "search_knowledge"]
    for tool in tools.values():
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        assert tool.input_schema["type"] == tool.output_schema["type"] == "object"
        assert all(field.get("description") for field in tool.input_schema["properties"].values())
        assert len(tool.description) > 100
    assert tools["explain"].annotations.read_only_hint
    assert not tools["answer"].annotations.read_only_hint


async def test_an_interview_goes_from_a_log_to_the_right_cause():
    async with served() as client:
        briefing, text = await told(client, "diagnose", log="nan_in_input.csv")
        session = briefing["session"]
        assert session in text
        assert briefing["diagnosis"]["causes"][0]["probability"] < 0.5
        for _ in range(20):
            asked, _ = await told(client, "next_question", session=session)
            if asked["question"] is None:
                break
            finding = asked["question"]["finding"]
            briefing, text = await told(
                client, "answer", session=session, finding=finding, state=TRUTH.get(finding, "unknown")
            )
        leading = briefing["diagnosis"]["causes"][0]
        assert leading["id"] == "nan_in_input"
        assert leading["probability"] > 0.8
        assert "Most likely: NaN or Inf in the inputs or targets" in text
        why, text = await told(client, "explain", session=session, cause="nan_in_input")
    assert Why.model_validate(why).cause.rank == 1
    assert "scan_inputs_for_nan" in json.dumps(why)
    assert "--answer" not in text


async def test_what_it_gives_back_is_a_diagnosis_by_its_model_and_small():
    async with served() as client:
        briefing, text = await told(
            client, "diagnose", log=str(DATA / "dead_relu.csv"), answers={"framework": "keras_tensorflow"}
        )
        whole, _ = await told(client, "diagnose", session=briefing["session"], text="keras", top=64, detail="full")
    diagnosis = Diagnosis.model_validate(briefing["diagnosis"])
    assert len(diagnosis.causes) == 3
    assert {name for cause in diagnosis.causes for check in cause.checks for name in check.snippets} <= {"keras"}
    assert len(json.dumps(briefing)) < 60_000
    assert len(text) < 8_000
    assert briefing["left_out"]
    assert len(Diagnosis.model_validate(whole["diagnosis"]).causes) > 3
    assert whole["left_out"] == []


async def test_two_sessions_beside_each_other_do_not_mix():
    async with served() as client:
        first, _ = await told(client, "diagnose", log="nan_in_input.csv")
        second, _ = await told(client, "diagnose", log="overfitting.csv")
        assert first["session"] != second["session"]
        await told(client, "answer", session=first["session"], finding="optimizer", state="sgd")
        await told(client, "answer", session=second["session"], finding="optimizer", state="adam")
        first, _ = await told(client, "answer", session=first["session"], finding="precision", state="fp32")
        second, _ = await told(client, "answer", session=second["session"], finding="task", state="classification")
    answered = [
        {item["finding"]: item["state"] for item in briefing["diagnosis"]["findings"] if item["origin"] == "answer"}
        for briefing in (first, second)
    ]
    assert answered[0] == {"optimizer": "sgd", "precision": "fp32"}
    assert answered[1] == {"optimizer": "adam", "task": "classification"}
    assert first["diagnosis"]["history"]["files"] == [str(DATA / "nan_in_input.csv")]
    assert second["diagnosis"]["history"]["files"] == [str(DATA / "overfitting.csv")]


async def test_a_session_takes_more_files_and_words_later(tmp_path):
    (tmp_path / "train.py").write_text("import torch\noptimizer = torch.optim.SGD(model.parameters(), lr=1.0)\n")
    (tmp_path / "conf.yaml").write_text("optimizer: sgd\nlr: 1.0\n")
    async with served(DATA, tmp_path) as client:
        begun, _ = await told(client, "diagnose", text="the loss turned nan at once")
        more, text = await told(
            client, "diagnose", session=begun["session"], code="train.py", config=["conf.yaml"], log="nan_in_input.csv"
        )
    assert more["session"] == begun["session"]
    assert {file["kind"] for file in more["diagnosis"]["files"]} == {"code", "config"}
    assert {"detector", "answer", "code"} <= {item["origin"] for item in more["diagnosis"]["findings"]}
    assert "train.py" in text


async def test_a_log_may_be_given_itself():
    log = (DATA / "exploding_gradients.csv").read_text()
    async with served() as client:
        given, _ = await told(client, "diagnose", log_text=log)
        read, _ = await told(client, "diagnose", log="exploding_gradients.csv")
    assert given["diagnosis"]["history"]["files"] == ["log_text"]
    assert given["diagnosis"]["causes"][0] == read["diagnosis"]["causes"][0]


async def test_arguments_may_be_wrapped_as_json_or_null():
    async with served() as client:
        briefing, _ = await told(
            client, "diagnose", log=None, text=None, answers='{"optimizer": ["adam", "adamw"]}', columns=None, top=1
        )
    assert briefing["diagnosis"]["findings"][0]["finding"] == "optimizer"
    assert len(briefing["diagnosis"]["causes"]) == 1


async def test_the_knowledge_is_searched_by_words():
    async with served() as client:
        found, text = await told(client, "search_knowledge", query="loss nan in half precision", kinds=["cause"])
        assert "fp16_overflow" in [hit["id"] for hit in found["hits"]]
        assert {hit["kind"] for hit in found["hits"]} == {"cause"}
        found, text = await told(client, "search_knowledge", query="optimizer", kinds="setting", limit=1)
        assert found["hits"][0]["id"] == "optimizer"
        assert "adam" in found["hits"][0]["states"]
        assert "adam" in text
        found, text = await told(client, "search_knowledge", query="zzzz qqqq")
    assert found["hits"] == []
    assert text == "Nothing in the knowledge is about these words."


async def test_packs_are_searched_and_read_too(tmp_path):
    pack = tmp_path / "ours"
    assert main(["pack", "new", str(pack)]) == 0
    added = sorted(file.stem for file in (pack / "causes").glob("*.yaml"))
    async with served(flags=["--pack", str(pack)]) as client:
        listed = {str(resource.uri) for resource in (await client.list_resources()).resources}
        found, _ = await told(client, "search_knowledge", query=added[0], kinds=["cause"])
        page = (await client.read_resource(f"triage://cause/{added[0]}")).contents[0].text
    assert {f"triage://cause/{name}" for name in added} <= listed
    assert found["hits"][0]["id"] == added[0]
    assert page.startswith("# ")
