"""Text -> words with their places, each with its stem and with what stands between it and the word before."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

__all__ = ["ANY_NUMBER", "Break", "Word", "stem", "words_of"]

ANY_NUMBER = "N"
"""What stands for a number of whatever value in what the knowledge lists: ``loss stays at N``."""

Break = int
"""What stands before a word: nothing but blanks, a break of the clause, or the end of a sentence."""

BLANK, CLAUSE, SENTENCE = 0, 1, 2

_WORD = re.compile(
    r"""
      (?P<version>[0-9]+(?:\.[0-9]+){2,})
    | (?P<number>(?:(?<![\w)\]])-)?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)
        (?:[eE][-+]?[0-9]+)?(?P<unit>[kK%万千百]|[ ]%)?(?![^\W_一-鿿]))
    | (?P<han>[一-鿿]+)
    | (?P<denied>[^\W\d_一-鿿]+n['’]t)(?![^\W_])
    | (?P<name>[^\W_一-鿿]+)
    | (?P<sign>[<>])
    """,
    re.VERBOSE,
)
_CONTRACTED = re.compile(r"['’](?:s|re|ve|m|ll|d)(?![^\W_])")
_SENTENCE_END = re.compile(r"[.!?…][^\s\w]*\s|[;。！？；]|\n\s*\n|\n\s*[-*•]")
_CLAUSE_END = re.compile(r"[,\n—–，、：（）]|\s-\s|\s\(|\)\s")
_WIDEST_GAP = 40
_UNITS = {"k": 1e3, "K": 1e3, "万": 1e4, "千": 1e3, "百": 1e2}

_VERSIONED = re.compile(
    "(alexnet|bert|cifar|deeplab|densenet|efficientnet|gpt|imagenet|inception|llama|mistral|mobilenet|qwen|resnet|resnext|ssd|swin"
    "|unet|vgg|vit|yolo)(v?[0-9]+[a-z]{0,2}|v[0-9]+|x|x?s)$"
)
"""Names of families with what their members add to them: ``resnet50``, ``yolov3``."""

_OFFSPRING = re.compile(
    "(?!CRNN)[A-Za-z0-9]+(GAN|GPT|BERT|VAE|LSTM|RNN|CNN|GNN)s?$"
    "|(?:bi|c|cycle|dc|ls|star|style|w)(gan|lstm)s?$|distil(bert)$|nano(gpt)$"
)
"""Names made of another at their end: ``StarGAN``, ``nanoGPT``."""

_IRREGULAR = {
    "fell": "fall", "fallen": "fall", "rose": "rise", "risen": "rise", "went": "go", "gone": "go", "goes": "go",
    "became": "become", "blew": "blow", "blown": "blow", "grew": "grow", "grown": "grow", "shot": "shoot",
    "got": "get", "gotten": "get", "froze": "freeze", "frozen": "freeze", "ran": "run", "came": "come",
    "kept": "keep", "sat": "sit", "learnt": "learn", "began": "begin", "begun": "begin", "beginning": "begin",
    "chose": "choose", "used": "use", "using": "use", "uses": "use", "lost": "lost", "wrote": "write",
    "written": "write", "does": "do", "did": "do", "loses": "lose", "less": "less", "news": "news", "bias": "bias",
    "took": "take", "taken": "take", "made": "make", "saw": "see", "seen": "see", "tried": "try", "tries": "try",
    "trying": "try", "dying": "die", "early": "early", "only": "only", "nearly": "nearly", "apply": "apply",
    "applied": "apply", "applies": "apply", "analysis": "analysis", "axis": "axis", "always": "always",
    "accumulation": "accumulation", "lowering": "lower", "lowered": "lower", "lowers": "lower",
    "pretraining": "pretraining", "sank": "sink", "sunk": "sink",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One word, number or sign of a text.

    Args:
        start, end: where it stands.
        surface: as it is written, in small letters; a number in its normal form.
        stem: the surface without its inflection.
        before: `BLANK`, `CLAUSE` or `SENTENCE`, the strongest break between it and the word before.
        glued: no blank stands between it and the word before.
        dotted: nothing but a dot stands between it and the word before.

    """

    start: int
    end: int
    surface: str
    stem: str
    before: Break
    glued: bool
    dotted: bool


def words_of(text: str) -> list[Word]:
    """The words of a text in their order."""
    found: list[Word] = []
    place, numeric = 0, False
    for match in _WORD.finditer(text):
        start, end = match.span()
        number = match["number"] is not None
        gap = text[place:start]
        numbers = numeric and number
        surface = _number(match) if number else _surface(match[0])
        found.append(
            Word(
                start=start,
                end=end,
                surface=surface,
                stem=surface if number else stem(surface),
                before=_break(gap, numbers) if found else SENTENCE,
                glued=bool(found) and not any(mark.isspace() for mark in gap),
                dotted=bool(found) and gap == ".",
            )
        )
        if not number and (versioned := _VERSIONED.match(surface)):
            found[-1:] = _apart(found[-1], versioned[1], versioned[2])
        place, numeric = end, number
        if contracted := _CONTRACTED.match(text, end):
            place = contracted.end()
    return [word for word in found if word.surface not in {"s", "re", "ve", "m", "ll"} or not _after_mark(text, word)]


def _surface(written: str) -> str:
    if written == ANY_NUMBER:
        return written
    if len(written) > 3 and (offspring := _OFFSPRING.match(written)):
        return next(name for name in offspring.groups() if name).casefold()
    return written.casefold().replace("’", "'")


def _apart(word: Word, family: str, member: str) -> tuple[Word, Word]:
    middle = word.start + len(family)
    return (
        replace(word, end=middle, surface=family, stem=stem(family)),
        replace(word, start=middle, surface=member, stem=member, before=BLANK, glued=True, dotted=False),
    )


def _after_mark(text: str, word: Word) -> bool:
    return word.start > 0 and text[word.start - 1] in "'’"


def _number(match: re.Match[str]) -> str:
    unit = match["unit"] or ""
    digits = match["number"].removesuffix(unit).replace(",", "")
    value = float(digits) * _UNITS.get(unit, 1.0)
    return f"{value:g}" + ("%" if unit.endswith("%") else "")


def _break(gap: str, between_numbers: bool) -> Break:
    if len(gap) > _WIDEST_GAP or _SENTENCE_END.search(gap):
        return SENTENCE
    if between_numbers and gap.strip() == ",":
        return BLANK
    return CLAUSE if _CLAUSE_END.search(gap) else BLANK


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A word without its inflection: ``explodes``, ``exploded`` and ``exploding`` become ``explod``."""
    if word in _IRREGULAR:
        return word if _IRREGULAR[word] == word else stem(_IRREGULAR[word])
    if len(word) <= 3 or not word.isalpha():
        return word
    word = _singular(word)
    word = re.sub(r"is(e[drs]?|ing|ation)$", r"iz\1", word) if len(word) > 6 else word
    if word.endswith("ization"):
        return word[:-5]
    if word.endswith("tion") and len(word) > 6:
        return word[:-3]
    for suffix in ("ing", "ed"):
        root = word.removesuffix(suffix)
        if root != word and len(root) >= 2 and re.search(r"[aeiouy]", root) and not root.endswith("e"):
            return _bare(root)
    if word.endswith("ly") and len(word) > 5:
        return _bare(word[:-2])
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(?:ss|ch|sh|x|zz)es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not re.search(r"(?:ss|[^a]us|is)$", word) else word


def _bare(root: str) -> str:
    if len(root) > 3 and root[-1] == root[-2] and root[-1] in "bdgmnprt":
        return root[:-1]
    return root[:-1] if root.endswith("e") else root
