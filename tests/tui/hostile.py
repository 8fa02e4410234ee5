"""Text that would act on a terminal or on a screen of widgets if it could, and what must hold wherever it is shown."""

import dataclasses
import unicodedata

from tests.report.examples import HOSTILE as OF_REPORTS
from tests.tui.apps import seen, until
from tui.beginning import Begun
from tui.consultation import Consultation

HOSTILE = [*OF_REPORTS, "lone surrogates \udcff\ud800 end"]

NASTY = (
    "\x1b]52;c;ZXZpbA==\x07\x9b31m\x1b[2J\x1b]8;;http://evil.example\x1b\\ \0"
    "[bold]b[/] [/] [@click=app.quit]q[/] $primary"
    " \u202egnp\u2066 \u0627\u0644\u0639 \u05e9\u05dc\u05d5\u05dd \U0001f469\u200d\U0001f680 e"
    + "\u0301" * 200
    + "\u200b\udcff \t] \\"
)
"""Of everything something, and little enough to stand on one screen."""

IN_NASTY = ["[bold]b[/]", "[@click=app.quit]q[/]", "$primary"]
"""Parts of it that stay as they are."""

MOST_MARKS = 4

OF_SCROLLBARS = ("@mouse.down", "@mouse.up")
"""Actions in the styles of Textual's own scrollbars."""


def offences(app):
    """What on the screen would act, hide or overflow, each in a sentence; none where all is well."""
    found = []
    strips = app.screen._compositor.render_strips()
    if len(strips) != app.size.height:
        found.append(f"{len(strips)} lines on a screen of {app.size.height}")
    for row, strip in enumerate(strips):
        line = "".join(segment.text for segment in strip)
        width = sum(segment.cell_length for segment in strip)
        if width != app.size.width:
            found.append(f"line {row} is {width} wide: {line!a}")
        found += [f"line {row} sends {character!a}: {line!a}" for character in sorted(set(line)) if _acts(character)]
        if _most_marks(line) > MOST_MARKS:
            found.append(f"line {row} stacks marks: {line!a}")
        for segment in strip:
            found += _of_style(row, segment)
    return found


def assert_harmless(app):
    """Nothing acts, nothing overflows, and whatever was told in passing was no markup."""
    assert not offences(app), "\n".join(offences(app))
    assert not [notice.message for notice in app._notifications if notice.markup]


def shows(app, *parts):
    """Whether all these stand on the screen, wherever lines are broken."""
    text = "".join(seen(app).split())
    return all("".join(part.split()) in text for part in parts)


def hostile_base(base, text=NASTY):
    """The same knowledge, with the text at the end of all in it that a person is shown; no file holds half a pair."""
    text = text.replace("\udcff", "")

    def spoilt(model, *names):
        return {name: f"{getattr(model, name)} {text}" for name in names if getattr(model, name) is not None}

    def code(snippets):
        return {name: f"{lines}\n# {text}" for name, lines in snippets.items()}

    def finding(known):
        question = known.question.model_copy(
            update={**spoilt(known.question, "prompt", "why"), "how": code(known.question.how)}
        )
        states = {
            name: state.model_copy(update=spoilt(state, "label", "complaint")) for name, state in known.states.items()
        }
        more = spoilt(known, "instructions") | {"snippets": code(known.snippets)} if known.kind == "check" else {}
        return known.model_copy(update={**spoilt(known, "title"), **more, "question": question, "states": states})

    return dataclasses.replace(
        base,
        causes={
            name: cause.model_copy(update=spoilt(cause, "title", "mechanism")) for name, cause in base.causes.items()
        },
        findings={name: finding(known) for name, known in base.findings.items()},
        remedies={
            name: remedy.model_copy(
                update={**spoilt(remedy, "title", "change", "side_effects"), "snippets": code(remedy.snippets)}
            )
            for name, remedy in base.remedies.items()
        },
        sources={
            name: source.model_copy(
                update={**spoilt(source, "title", "authors"), "address": f"{source.address}/{text}"}
            )
            for name, source in base.sources.items()
        },
    )


async def begin_with(pilot, session):
    """A triage of a session of one's own, in place of the start screen."""
    app = pilot.app
    await until(pilot, lambda: app.screen.query("#start-list"))
    app.pop_screen()
    app._show_triage(Begun(Consultation(session, None), session.hear), ask=False)
    await until(pilot, lambda: app.screen.query("#choices"))
    await pilot.pause()


def file_called(folder, name, text):
    """A file of any name; None where the system takes none such."""
    path = folder / name.replace("/", "")[:60]
    try:
        path.write_text(text)
    except (OSError, ValueError):
        return None
    return path


def _acts(character):
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _most_marks(line):
    most = count = 0
    for character in line:
        count = count + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        most = max(most, count)
    return most


def _of_style(row, segment):
    if segment.control:
        yield f"line {row} holds a control segment"
    style = segment.style
    if style is None:
        return
    if style.link and not (style.link.isascii() and style.link.isprintable() and style.link.startswith("http")):
        yield f"line {row} links to {style.link!a}"
    actions = {name: value for name, value in style.meta.items() if name.startswith("@") and name not in OF_SCROLLBARS}
    if actions:
        yield f"line {row} acts: {actions}"
