"""A run that goes as it should, as a table."""

import numpy as np
import pandas as pd


def falling(rows=200, **columns):
    """A loss that falls, with a little noise; other columns beside it, or in its place."""
    random = np.random.default_rng(5)
    loss = 0.1 + 2.2 * np.exp(-np.arange(rows) / 30) + 0.01 * random.normal(size=rows)
    return pd.DataFrame({"step": np.arange(rows), "loss": loss, **columns})
