import re

import pytest

pytest.importorskip("mcp", reason="the server comes with the extra mcp")

from mcp import MCPError

from tests.mcp_server.serving import served
from triage.mcp_server.pages import page_of, uri_of


async def test_every_cause_and_remedy_is_listed_and_the_index_names_all_causes(real_base):
    async with served() as client:
        listed = [str(resource.uri) for resource in (await client.list_resources()).resources]
        templates = [item.uri_template for item in (await client.list_resource_templates()).resource_templates]
        (index,) = (await client.read_resource("triage://causes")).contents
    assert listed[0] == "triage://causes"
    assert set(listed[1:]) == {uri_of("cause", name) for name in real_base.causes} | {
        uri_of("remedy", name) for name, remedy in real_base.remedies.items() if remedy.replaced_by is None
    }
    assert templates == ["triage://cause/{id}", "triage://finding/{id}", "triage://remedy/{id}"]
    assert index.mime_type == "text/markdown"
    assert all(uri_of("cause", name) in index.text for name in real_base.causes)


async def test_a_cause_is_read_with_its_evidence_and_addresses_and_a_remedy_with_its_code():
    async with served() as client:
        (cause,) = (await client.read_resource("triage://cause/nan_in_input")).contents
        (remedy,) = (await client.read_resource("triage://remedy/bound_logits")).contents
        (finding,) = (await client.read_resource("triage://finding/scan_inputs_for_nan")).contents
        for uri in ("triage://cause/nan", "triage://cause/../x", "file:///etc/passwd", "triage://"):
            with pytest.raises(MCPError, match="expected triage://causes"):
                await client.read_resource(uri)
    assert re.search(r"\]\(<https://[^>]+>\)", cause.text)
    assert "triage://remedy/" in cause.text
    assert "```python" in remedy.text
    assert "`found`" in finding.text


def test_every_page_can_be_made_and_every_address_on_it_leads_to_one(real_base):
    kinds = {"cause": real_base.causes, "finding": real_base.findings, "remedy": real_base.remedies}
    pages = {
        uri: page_of(real_base, uri) for kind, names in kinds.items() for uri in (f"triage://{kind}/{n}" for n in names)
    }
    assert None not in pages.values()
    assert {uri for page in pages.values() for uri in re.findall(r"`(triage://[^`]+)`", page)} <= pages.keys()
