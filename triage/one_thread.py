"""To be imported before numpy in a process that is one of many: its linear algebra then stays in one thread.

Where every processor has a process of its own already, threads beside it only wait for each other.
"""

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_name, "1")
