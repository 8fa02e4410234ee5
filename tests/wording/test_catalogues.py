"""The catalogues of sentences: that they have every sentence of the program, with its values, and no others."""

import ast
import json
import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted(ROOT.glob("t*/wording/*.json"))
SAYING = {"triage": {"say", "wording"}, "tui": {"word", "_word", "wording_of"}}
"""Names under which a `triage.wording.Wording` is called in each package."""


def constants(trees):
    """NAME -> the sentences that a constant of a module holds."""
    found = {}
    for tree in trees:
        for node in tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if isinstance(target, ast.Name) and getattr(node, "value", None) is not None:
                found.setdefault(target.id, []).extend(sentences_in(node.value))
    return found


def sentences_in(node):
    """The texts of a constant; of a table those of its values."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.Dict):
        return [text for value in node.values for text in sentences_in(value)]
    if isinstance(node, (ast.Tuple, ast.List)):
        return [text for value in node.elts for text in sentences_in(value)]
    return []


def is_saying(call, names):
    function = call.func
    if isinstance(function, ast.Call):
        function = function.func
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return name in names and bool(call.args)


def said_in(tree, known, saying):
    """(Sentence, names of its values) of every call that says something, as far as it stands there."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            names.setdefault(node.targets[0].id, []).append(node.value)
    yield from shown_by_name(tree)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and is_saying(node, saying)):
        values = {keyword.arg for keyword in call.keywords}
        for text in texts_of(call.args[0], known, names):
            yield text, values


def shown_by_name(tree):
    """The words of keys and commands, which are translated where they are shown."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "id", "")
        words = {"Binding": call.args[2:3], "CommandSpec": call.args[2:4]}.get(name, [])
        yield from ((text, set()) for node in words for text in sentences_in(node))


def texts_of(node, known, names):
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.IfExp():
            yield from (*texts_of(node.body, known, names), *texts_of(node.orelse, known, names))
        case ast.Subscript():
            yield from texts_of(node.value, known, names)
        case ast.Call(func=ast.Attribute(attr="get", value=table)):
            yield from texts_of(table, known, names)
        case ast.Attribute(attr=name) if name.isupper():
            yield from known.get(name, [])
        case ast.Name(id=name) if name.lstrip("_").isupper():
            yield from known.get(name, [])
        case ast.Name(id=name):
            for value in names.get(name, []):
                if not isinstance(value, ast.Name):
                    yield from texts_of(value, known, {})


@cache
def sentences_and_texts():
    """Every sentence of the program with the names of its values, and every text that stands anywhere in it."""
    trees = {
        folder: [ast.parse(file.read_text(encoding="utf-8")) for file in sorted((ROOT / folder).rglob("*.py"))]
        for folder in SAYING
    }
    every = [tree for of_folder in trees.values() for tree in of_folder]
    known = constants(every)
    sentences = [
        (text, values)
        for folder, names in SAYING.items()
        for tree in trees[folder]
        for text, values in said_in(tree, known, names)
        if re.search("[A-Za-z]", text) and len(text) > 2
    ]
    nodes = (node for tree in every for node in ast.walk(tree))
    return sentences, {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def catalogue(file):
    return json.loads(file.read_text(encoding="utf-8"))


def all_phrases(language):
    return {key: value for file in CATALOGUES if file.stem == language for key, value in catalogue(file).items()}


LANGUAGES = sorted({file.stem for file in CATALOGUES})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_its_translation(language):
    phrases = all_phrases(language)
    sentences, _ = sentences_and_texts()
    missing = sorted({text for text, _ in sentences if text not in phrases})
    assert not missing, json.dumps(missing, indent=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_uses_no_value_that_its_sentence_is_not_given(language):
    phrases = all_phrases(language)
    sentences, _ = sentences_and_texts()
    for text, values in sentences:
        if text in phrases:
            assert fields(phrases[text]) <= values, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_every_value_of_its_sentence(language):
    for text, said in all_phrases(language).items():
        assert fields(text) - fields(said) <= {"unit"} | ({"s"} & fields(text)), text


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: f"{file.parent.parent.name}-{file.stem}")
def test_nothing_is_translated_that_is_never_said(file):
    _, texts = sentences_and_texts()
    assert sorted(set(catalogue(file)) - texts) == []


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: f"{file.parent.parent.name}-{file.stem}")
def test_a_catalogue_is_written_in_the_order_of_its_sentences(file):
    assert list(catalogue(file)) == sorted(catalogue(file))
