from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.complaint import complaint


class Band(StrEnum):
    RARE = "rare"
    COMMON = "common"


class Inner(BaseModel):
    name: str = ""


class Sample(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=2, max_length=5, pattern="^[a-z]+$")] = "abc"
    share: Annotated[float, Field(gt=0, le=1)] = 0.5
    count: Annotated[int, Field(ge=1, lt=9)] = 1
    kind: Literal["one", "two"] = "one"
    band: Band = Band.RARE
    some: Annotated[list[str], Field(min_length=1, max_length=2)] = ["a"]
    by_name: dict[str, int] = {}
    inner: Inner = Inner()
    flag: bool = False


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("txt", 1, "expected no key but those that are known here, found 'txt'"),
        ("text", 0.1, "expected text, found 0.1; text that looks like a number stands in quotes"),
        ("text", ["abc"], "expected text, found ['abc']"),
        ("text", True, "expected text, found True"),
        ("text", "a", "expected text of at least 2 characters, found 'a'"),
        ("text", "abcdef", "expected text of at most 5 characters, found 'abcdef'"),
        ("text", "a-b", "expected text of the form ^[a-z]+$, found 'a-b'"),
        ("share", 1.5, "expected a number of at most 1, found 1.5"),
        ("share", 0, "expected a number above 0, found 0"),
        ("share", "much", "expected a number, found 'much'"),
        ("share", None, "expected a number, found nothing"),
        ("count", 0, "expected a number of at least 1, found 0"),
        ("count", 9, "expected a number below 9, found 9"),
        ("count", 1.5, "expected a whole number, found 1.5"),
        ("kind", "three", "expected 'one' or 'two', found 'three'"),
        ("band", "often", "expected 'rare' or 'common', found 'often'"),
        ("some", [], "expected at least 1, found 0"),
        ("some", ["a", "b", "c"], "expected at most 2, found 3"),
        ("some", 3, "expected a list, found 3"),
        ("by_name", 3, "expected a mapping of keys, found 3"),
        ("inner", 3, "expected a mapping of keys, found 3"),
        ("flag", "perhaps", "expected true or false, found 'perhaps'"),
    ],
)
def test_an_error_says_what_was_expected_and_what_was_found(key, value, told):
    assert [complaint(error) for error in errors_of(Sample, {key: value})] == [told]


def test_what_was_found_is_cut_where_it_is_long():
    (error,) = errors_of(Sample, {"kind": "x" * 10_000})
    assert len(complaint(error)) < 120


def test_a_key_that_is_not_there_and_an_error_without_words_of_its_own_are_told_alike():
    class Needing(BaseModel):
        name: str

    class Dated(BaseModel):
        day: Annotated[float, Field(multiple_of=2)] = 2

    assert [complaint(error) for error in errors_of(Needing, {})] == ["expected this key, found none"]
    assert [complaint(error) for error in errors_of(Dated, {"day": 3})] == ["expected a multiple of 2, found 3"]


def errors_of(model, given):
    with pytest.raises(ValidationError) as caught:
        model.model_validate(given)
    return caught.value.errors(include_url=False)
