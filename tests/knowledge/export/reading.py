"""What the tests of the exports share: a knowledge full of hostile words, and what becomes of them in XML."""

import re

from hypothesis import strategies as st

from tests.knowledge.small import base_of, small

NASTY = (
    'say "hi" & <b>go</b> ]]> `x` \\n \\u0027 \\',
    "';DROP (n) //",
    'style: #35; "]:::x --> y %%{init: {}}%%',
    "1. one\n- two\n# three",
    "&lt;already&gt; &amp; #quot; $$x^2$$ @{shape} *bold* _it_",
    "=HYPERLINK(1)\u2028é\U0001f600",
)
"""What means something in some format: quotes, tags, directives, escapes, lists, entities, formulas."""

HOSTILE = st.one_of(
    st.sampled_from(NASTY),
    st.text(
        st.one_of(st.sampled_from("\"'`\\<>&#;:%{}[]()|$@*_~-=+.,!/ \n\tun0é\u2028"), st.characters(codec="utf-8")),
        min_size=3,
        max_size=40,
    ),
).filter(lambda text: len(text.strip()) >= 3)


def hostile_base(title, claim="A claim"):
    """The small knowledge with the words in titles, labels and evidence."""
    files = small()
    for name in ("causes/too_fast.yaml", "symptoms/loss_course.yaml", "remedies/shorter_steps.yaml"):
        files[name]["title"] = title
    files["symptoms/loss_course.yaml"]["states"]["grows"]["label"] = title
    files["causes/too_fast.yaml"]["mechanism"] = title
    files["sources/s9.yaml"]["claims"]["S9.1"] = claim
    return base_of(files)


def title_of(base):
    """The title as the knowledge holds it, without the blanks around it."""
    return base.causes["too_fast"].title


def in_xml(text):
    """The text as XML can hold it."""
    held = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", held)


def words_of(text):
    """The text without blanks and what has no width, as a picture shows it."""
    return "".join(character for character in text if character.isprintable() and not character.isspace())
