"""Two processes that train one model, as `python -m tests.callbacks.together KIND FOLDER`: both must stop together."""

import logging
import os
import sys
import warnings
from pathlib import Path

import torch

from tests.callbacks.data import FAR_TOO_HIGH
from triage.callbacks import Watcher


def main(kind, folder):
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    watcher = Watcher(every=20, stop_on="any", report=folder / "run.json")
    if kind == "lightning":
        logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
        from tests.callbacks.test_lightning_callback import Module, fitted

        trainer = fitted(watcher, Module(FAR_TOO_HIGH), epochs=2000, devices=2, strategy="ddp")
        print(f"{trainer.global_rank} stopped at {trainer.global_step}", flush=True)
    else:
        from tests.callbacks.test_hugging_face_callback import trained

        trainer = trained(
            watcher, folder, learning_rate=FAR_TOO_HIGH, optim="sgd", max_grad_norm=0.0, num_train_epochs=2000,
            ddp_backend="gloo",
        )  # fmt: skip
        print(f"{os.environ['RANK']} stopped at {trainer.state.global_step}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
