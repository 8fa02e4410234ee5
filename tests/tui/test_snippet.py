import pytest
from textual.app import App

from tui.pressable import Pressable
from tui.snippet import Snippet

CODE = (("pytorch", "import torch\ntorch.manual_seed(0)"), ("keras", "import keras"), ("shell", "ls"))


class Alone(App):
    def __init__(self, snippets):
        super().__init__()
        self.snippets = snippets

    def compose(self):
        yield Snippet(self.snippets)


def text_of(app):
    return app.query_one(".snippet-code").render().plain


async def test_the_first_framework_is_shown():
    app = Alone(CODE)
    async with app.run_test():
        assert text_of(app) == CODE[0][1]
        assert app.query_one(".snippet-switch").render().plain == "‹ PyTorch ›  1 of 3"


@pytest.mark.parametrize(("keys", "framework"), [("right", "keras"), ("left", "shell"), ("enter", "keras")])
async def test_keys_lead_to_the_other_frameworks(keys, framework):
    app = Alone(CODE)
    async with app.run_test() as pilot:
        app.query_one(".snippet-switch").focus()
        await pilot.press(keys)
        await pilot.pause()
        assert app.query_one(Snippet).framework == framework
        assert text_of(app) == dict(CODE)[framework]


async def test_a_click_leads_to_the_next_framework():
    app = Alone(CODE)
    async with app.run_test() as pilot:
        await pilot.click(".snippet-switch")
        await pilot.pause()
        assert app.query_one(Snippet).framework == "keras"


async def test_copying_by_key_and_by_mouse_puts_the_code_on_the_clipboard_and_says_so():
    app = Alone(CODE)
    async with app.run_test() as pilot:
        await pilot.click(".snippet-copy")
        await pilot.pause()
        assert app.clipboard == CODE[0][1]
        app.query_one(Snippet).turn(1)
        app.query_one(".snippet-copy").focus()
        await pilot.press("enter")
        await pilot.pause()
        assert app.clipboard == CODE[1][1]
        assert [note.message for note in app._notifications] == [
            "The PyTorch code is copied.",
            "The Keras code is copied.",
        ]


async def test_one_framework_has_nothing_to_switch_to():
    app = Alone(CODE[:1])
    async with app.run_test():
        assert [pressable.key for pressable in app.query(Pressable)] == ["copy"]


async def test_hostile_code_is_text_on_the_screen_and_on_the_clipboard():
    app = Alone((("pytorch", "print('[bold]x[/bold]')  # \x1b[31m \u202e \ud800 \x00"), ("numpy", "x" * 10_000)))
    async with app.run_test(size=(60, 20)) as pilot:
        assert "[bold]x[/bold]" in text_of(app)
        app.query_one(Snippet).copy()
        await pilot.pause()
        assert app.clipboard == "print('[bold]x[/bold]')  # \\x1b[31m \\u202e \\ud800 \\x00"


async def test_another_order_follows_the_person_unless_they_chose_a_framework():
    app = Alone(CODE)
    async with app.run_test() as pilot:
        snippet = app.query_one(Snippet)
        snippet.show((CODE[1], CODE[0], CODE[2]))
        assert snippet.framework == "keras"
        snippet.turn(1)
        snippet.show(CODE)
        await pilot.pause()
        assert snippet.framework == "pytorch"
        assert text_of(app) == CODE[0][1]
        snippet.show(CODE[1:])
        assert snippet.framework == "keras"
