"""A person's sentences -> the values that they name: ``lr=3e-4``, ``a batch size of 1``, ``warmup 500 steps``.

Only what unmistakably belongs together is stated. A range, a list of values, a value that was tried, that a question or
a condition names, or that stands beside another value of the same name says nothing of how the run is set up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triage.intake.found import Place, Stated
from triage.intake.quantity_forms import FORMS, Form
from triage.intake.written_numbers import NUMBER

__all__ = ["LONGEST", "quantities"]

LONGEST = 4000
"""Characters of a text that are read."""

LONGEST_WORDS = 120

NEAR_BEFORE, NEAR_BEHIND = 40, 16
"""Characters around a value among which a word may show that something else is meant."""

_FLAGS = re.IGNORECASE | re.ASCII
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=\S)|(?<=[。！？；])|\n+")
_CLAUSE = re.compile(r"[,;:]\s|[()，；：、（）]|\s[-–—/|]\s|\bbut\b|\bwhile\b|\bwhereas\b|但", _FLAGS)

_JOINT = r"(?:and|or|to|vs\.?|versus|then|and\s+then|up\s+to|down\s+to|[-–—~/→、和或到至]|->|\.\.+)"
_NEXT = re.compile(
    rf"\s?(?:,\s?(?:and|or|then)?|{_JOINT})\s*(?:even\s|also\s|to\s)?(?P<other>{NUMBER})(?P<rest>.{{0,24}})",
    _FLAGS,
)
_PREVIOUS = re.compile(rf"(?:(?P<other>{NUMBER})\s?(?:,\s?)?{_JOINT}|\bfrom)\s*$", _FLAGS)
_OWN_UNIT = re.compile(
    r"[\s-]*(?!(?:and|or|to|then|but|with|for|as|in|on|at|of|did|do|does|were|was|all|g[ai]ve|is|are|respectively|without"
    r"|none|both|neither|no|too|also|instead|learning|rates?|lrs?)\b)[a-z_]{2,}",
    _FLAGS,
)

_ON_TRIAL = re.compile(
    r"\b(?:tr(?:y|ied|ying)|attempt\w*|test(?:ed|ing)|experiment\w*|chang(?:e[ds]?|ing)|lower(?:ed|ing)|reduc(?:e[ds]?|ing)"
    r"|decreas(?:e[ds]?|ing)|increas(?:e[ds]?|ing)|rais(?:e[ds]?|ing)|switch(?:ed|ing)|replac\w+|drop(?:ped|ping|s)|decay(?:s|ed)"
    r"|if|when(?:ever)?|whether|unless|even|only|should|would|could|might|instead|rather|not|never|isn't|neither|nor|no|both"
    r"|either|whatever|any|different|various|several|between|sweep|grid|search\w*|paper|original|reference|they|suggest\w*"
    r"|recommend\w*|usual(?:ly)?|smaller|lower|larger|higher|bigger)\b"
    r"|[试换改调]|降[低到]|减[小少半]|增[大加]|加大|提高|如果|要是|即使|只有[在当用]|不是|没有|不用|论文|别人|建议|应该|通常|一般|从",
    _FLAGS,
)
"""Words before a value that make it a trial, a condition, a comparison or somebody else's."""

_OUTCOME = re.compile(
    r"\b(?:works?|worked|fine|helps?|helped|better|worse|trains|solve[sd]|fixe[sd]|stable|converges|instead|too|as\s+well|also"
    r"|did\s?n[o']t|did\s+not|does\s?n[o']t|does\s+not)\b|正常|没问题|就好|也是?一样|也不行|没用|还是|就[不没]|反而",
    _FLAGS,
)
"""Words behind a value that tell what came of it."""

_UNDER = re.compile(r"^\W*(?:(?:with|using|at|for|on|under)\b|[用把])", _FLAGS)


@dataclass(frozen=True, slots=True)
class _Named:
    """A number with its name in a sentence, and whether it says how the run is set up."""

    name: str
    value: float
    start: int
    end: int


def quantities(text: str) -> list[Stated]:
    """The values of the setup that a text names, in the order of its words.

    Args:
        text: anything; of a longer one the first `LONGEST` characters are read.

    Returns:
        One value of each name, where the text leaves no doubt; the words of its place are those of the text.

    """
    text = text[:LONGEST]
    named: dict[str, list[_Named]] = {}
    for start, sentence in _sentences(text):
        for found in _in_sentence(sentence, start):
            named.setdefault(found.name, []).append(found)
    told = [values[0] for values in named.values() if len({value.value for value in values}) == 1]
    return [
        Stated(item.name, item.value, Place("", None, text[item.start : item.end].strip()[:LONGEST_WORDS]))
        for item in sorted(told, key=lambda item: item.start)
    ]


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for match in _SENTENCE.finditer(text):
        yield start, text[start : match.start()]
        start = match.end()
    yield start, text[start:]


def _in_sentence(sentence: str, offset: int) -> Iterator[_Named]:
    if sentence.rstrip(" \"')").endswith(("?", "？", "吗", "呢")):
        return
    claimed = list(_claimed(sentence))
    numbers = {match.span("value") for _, match, _ in claimed}
    for form, match, value in claimed:
        if form.name and _is_meant(form, sentence, match, numbers):
            yield _Named(form.name, value, offset + match.start(), offset + match.end())


def _claimed(sentence: str) -> Iterator[tuple[Form, re.Match[str], float]]:
    """Every number with its name; of forms that share words the first takes them."""
    taken: list[tuple[int, int]] = []
    for form in FORMS:
        for match in form.pattern.finditer(sentence):
            start, end = match.span()
            value = form.read(match)
            free = all(end <= other_start or other_end <= start for other_start, other_end in taken)
            if free and value is not None and form.holds(value):
                taken.append((start, end))
                yield form, match, value


def _is_meant(form: Form, sentence: str, match: re.Match[str], numbers: set[tuple[int, int]]) -> bool:
    """Whether it says how the run is set up: one value, and not a trial, a condition or somebody else's."""
    before, behind = sentence[: match.end() - len(match[0].lstrip())], sentence[match.end() :]
    clause, following = _CLAUSE.split(before)[-1], _CLAUSE.split(behind)[0]
    near = clause[-NEAR_BEFORE:] + match[0] + following[:NEAR_BEHIND]
    if form.unlike is not None and form.unlike.search(near):
        return False
    if _is_one_of_many(sentence, match, numbers) or _ON_TRIAL.search(clause) or _ON_TRIAL.search(match[0]):
        return False
    circumstance = _UNDER.search(clause) or not clause.strip()
    return not (circumstance and _OUTCOME.search(following))


def _is_one_of_many(sentence: str, match: re.Match[str], numbers: set[tuple[int, int]]) -> bool:
    """Whether a list or a range of values is named, and not other values with names of their own."""
    following = _NEXT.match(sentence, match.end())
    if following is not None and following.span("other") not in numbers and not _OWN_UNIT.match(following["rest"]):
        return True
    value = match.start("value")
    if re.search(NUMBER, sentence[match.start() : value], _FLAGS):
        return False
    previous = _PREVIOUS.search(sentence[:value])
    return previous is not None and previous.span("other") not in numbers
