"""Work that ends its process where a file is called poison: what a reader does that crashes."""

import os

from triage.batch.judging import lines_of as judged


def lines_of(runs, packs=()):
    if any("poison" in run.path for run in runs):
        os._exit(1)
    return judged(runs, packs)
