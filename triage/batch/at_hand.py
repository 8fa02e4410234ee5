"""To be imported by the process that workers are copied from: the built-in knowledge is then loaded once for all."""

import gc

from triage.batch.judging import compiled_over

compiled_over(())
# What a search for garbage never touches, the copies go on sharing.
gc.freeze()
