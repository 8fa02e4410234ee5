"""Several processes that train one model: the first one watches, and all stop at the same step or none would end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch.distributed", reason="needs PyTorch (extra lightning or hugging_face)")

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("kind", "package"), [("lightning", "lightning"), ("hugging_face", "accelerate")])
@pytest.mark.skipif(sys.platform != "linux", reason="gloo is told its interface by the name that Linux gives it")
def test_two_processes_stop_together(kind, package, tmp_path):
    pytest.importorskip(package, reason=f"needs {package}")
    ended = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2", "-m",
         "tests.callbacks.together", kind, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "GLOO_SOCKET_IFNAME": "lo", "OMP_NUM_THREADS": "1"},
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    told = sorted(line for line in ended.stdout.splitlines() if " stopped at " in line)
    assert [line.split()[0] for line in told] == ["0", "1"]
    assert told[0].split()[-1] == told[1].split()[-1]
    assert int(told[0].split()[-1]) < 10_000
    assert (tmp_path / "run.json").exists()
