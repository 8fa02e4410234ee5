"""Configurations as files, read through the public door."""

import textwrap

from triage.intake.configs import read_configs

ENDINGS = {"json": ".json", "toml": ".toml", "log": ".log"}


def told_of(folder, text, name="config.yaml"):
    file = folder / name
    file.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return read_configs([file])


def stated(told):
    return {item.name: item.value for item in told.stated}


def shown(told):
    return {item.finding: item.state for item in told.found}


def lines(told):
    return {item.name: item.place.line for item in told.stated}
