import importlib
import pkgutil

import tui
from tui.commands import COMMANDS, command_named, known_bindings


def bindings_of_all_widgets():
    for module in pkgutil.iter_modules(tui.__path__):
        if module.name != "__main__":
            for thing in vars(importlib.import_module(f"tui.{module.name}")).values():
                if isinstance(thing, type) and thing.__module__.startswith("tui."):
                    yield from thing.__dict__.get("BINDINGS", ())


def test_every_binding_has_an_id_that_a_keymap_may_name():
    ids = {binding.id for binding in bindings_of_all_widgets()}
    assert ids == set(known_bindings())


def test_every_binding_says_what_it_does():
    assert all(binding.description for binding in bindings_of_all_widgets())


def test_no_two_commands_share_a_key():
    keys = [key for command in COMMANDS for key in command.key.split(",")]
    assert len(set(keys)) == len(keys)


def test_a_command_is_found_by_its_beginning_where_no_other_begins_so():
    assert command_named("att").name == "attach"
    assert command_named("ATTACH").name == "attach"
    assert command_named("c") is None
    assert command_named("") is None
