"""A small knowledge that passes the lint without a word, as plain data to spoil, and how it is written and read."""

import copy

import yaml

from knowledge.base import KnowledgeBase
from knowledge.content import read_content

QUESTION = {"prompt": "What is it?", "why": "It helps.", "answerable": 0.8, "reliability": 0.9}

SMALL = {
    "causes/too_fast.yaml": {
        "id": "too_fast",
        "title": "Steps too long",
        "family": "learning_rate",
        "prior": "common",
        "mechanism": "Every step overshoots.",
        "odds": [{"finding": "optimizer_kind", "states": {"sgd": 2.0}, "evidence": [{"claim": "S9.1"}]}],
        "symptoms": [
            {
                "finding": "loss_course",
                "states": {"grows": "very_frequent"},
                "basis": "documented",
                "evidence": [{"claim": "S9.1"}],
            }
        ],
        "checks": [
            {
                "finding": "slow_down",
                "states": {"prevents": "very_frequent"},
                "confirms": True,
                "evidence": [{"source": "a-paper", "claim_text": "Shorter steps end it.", "locator": "page 3"}],
            }
        ],
        "remedies": [{"remedy": "shorter_steps", "evidence": [{"claim": "S9.1"}]}],
        "see_also": ["bad_data"],
    },
    "causes/bad_data.yaml": {
        "id": "bad_data",
        "title": "Data broken",
        "family": "data",
        "prior": "rare",
        "mechanism": "One sample holds what is no number.",
        "requires": {"optimizer_kind": ["adam"]},
        "symptoms": [
            {
                "finding": "loss_course",
                "states": {"ends_in_nan": {"band": "very_frequent", "measured": 0.8, "n": 20}},
                "evidence": [{"claim": "S9.2"}],
            }
        ],
        "checks": [
            {
                "finding": "scan_data",
                "states": {"dirty": "very_frequent"},
                "confirms": True,
                "evidence": [{"claim": "S9.2"}],
            }
        ],
        "remedies": [{"remedy": "clean_data", "evidence": [{"claim": "S9.2"}]}],
    },
    "symptoms/loss_course.yaml": {
        "id": "loss_course",
        "kind": "symptom",
        "title": "Course of the loss",
        "states": {
            "falls": {"label": "It falls", "leak": 0.9},
            "grows": {"label": "It grows", "leak": 0.06},
            "ends_in_nan": {"label": "It ends in NaN", "leak": 0.04},
        },
        "question": QUESTION,
    },
    "settings/optimizer_kind.yaml": {
        "id": "optimizer_kind",
        "kind": "setting",
        "title": "Optimizer",
        "states": {"adam": {"label": "Adam", "share": 0.6}, "sgd": {"label": "SGD", "share": 0.4}},
        "question": QUESTION,
    },
    "checks/slow_down.yaml": {
        "id": "slow_down",
        "kind": "check",
        "title": "Take shorter steps",
        "combine": "ordered",
        "minutes": 10,
        "states": {
            "no_effect": {"label": "No effect", "leak": 0.8},
            "delays": {"label": "It fails later", "leak": 0.15},
            "prevents": {"label": "It no longer fails", "leak": 0.05},
        },
        "instructions": "Divide the rate by ten.",
        "snippets": {"pytorch": "rate /= 10"},
        "question": QUESTION,
    },
    "checks/scan_data.yaml": {
        "id": "scan_data",
        "kind": "check",
        "title": "Scan the data",
        "minutes": 2,
        "states": {"clean": {"label": "Clean", "leak": 0.95}, "dirty": {"label": "Dirty", "leak": 0.05}},
        "instructions": "Look for what is no number.",
        "snippets": {"numpy": "np.isnan(x).any()"},
        "question": QUESTION,
    },
    "remedies/shorter_steps.yaml": {
        "id": "shorter_steps",
        "title": "Shorter steps",
        "change": "Divide the rate by ten.",
        "values": {"new_rate": {"from": "learning_rate", "rule": "divide", "by": 10}},
        "minutes": 5,
        "relief": "very_frequent",
        "side_effects": "It takes longer.",
    },
    "remedies/clean_data.yaml": {
        "id": "clean_data",
        "title": "Clean the data",
        "change": "Drop the sample.",
        "minutes": 30,
        "relief": "obligate",
        "side_effects": "None known.",
    },
    "pairs/bad_data__too_fast.yaml": {
        "id": "bad_data__too_fast",
        "causes": ["bad_data", "too_fast"],
        "odds": 2,
        "told_apart_by": ["scan_data"],
        "note": "Both end in NaN.",
    },
    "sources/s9.yaml": {
        "id": "s9",
        "document": "S9",
        "title": "A post",
        "address": "https://example.org/post",
        "kind": "forum",
        "claims": {"S9.1": "Long steps make it grow.", "S9.2": "Broken data make it NaN."},
    },
    "sources/a-paper.yaml": {
        "id": "a-paper",
        "title": "A paper",
        "address": "https://example.org/paper",
        "kind": "paper",
        "year": 2020,
    },
}


def small():
    """The small knowledge, free to be changed: path of the file -> what stands in it."""
    return copy.deepcopy(SMALL)


def written(files):
    """(kind, place, content) of each file, as `read_content` takes them; text and bytes are taken as they are."""
    return [(path.split("/", maxsplit=1)[0], path, _bytes(content)) for path, content in files.items()]


def base_of(files):
    """The base that the files make; they must be valid one by one."""
    content, problems = read_content(written(files))
    assert problems == []
    return KnowledgeBase(
        causes=content.causes,
        findings={**content.symptoms, **content.settings, **content.checks},
        remedies=content.remedies,
        pairs=content.pairs,
        sources=content.sources,
        hash="small",
    )


def write_pack(folder, files):
    """Write the files below a folder, as a pack is laid out; it is called as the folder where it has no pack.yaml."""
    manifest = {
        "id": folder.name.replace("-", "_"),
        "title": f"The {folder.name}",
        "version": "1.0",
        "schema_version": 1,
    }
    files = {"pack.yaml": manifest, **files}
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_bytes(content))
    return folder


def _bytes(content):
    if isinstance(content, bytes):
        return content
    return (content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)).encode()
