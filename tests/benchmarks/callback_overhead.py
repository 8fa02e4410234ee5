"""What watching a run costs each of its steps, for a plain loop and for the callback of each framework.

The same small classifier is trained with and without it, turn about, in one process, with the defaults of the watcher:
a row at every step, triage beside the training, and for the plain loop and Lightning the learning rate too. The first
turn is thrown away. PyTorch has one thread. Four figures for each:

- the wall time of a watched training less that of the one right before it, over its steps: the median of the turns and
  their range. On a shared machine this holds what others did meanwhile.
- the same of the processor time of the whole process, which holds less of that.
- the processor time of the calls that the training makes of it (`log`, or the hooks of the callback).
- the processor time of the thread beside the training, which in Python may come out of the training's time whole: while
  it runs, the training may have to wait for the interpreter.

The last two together bound what a step can lose, and are held against what is asked. Once a run come the making of the
watcher, with the compilation of the knowledge, and the last triage with its report; they stand beside it, and the last
column spreads them, too, over the steps.

Run: python -m tests.benchmarks.callback_overhead [ROUNDS]
"""

import logging
import os
import platform
import statistics
import sys
import tempfile
import threading
import time
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from triage.callbacks import Watcher

RESULTS = Path(__file__).parent / "results" / "callback_overhead.md"

ASKED = 50.0
"""Microseconds a step."""

FEATURES, CLASSES, BATCH = 16, 4, 32


@dataclass(frozen=True)
class Turn:
    """One training: seconds of the clock and of processors in all, and what of it was the watcher's."""

    wall: float
    processor: float
    steps: int
    hooks: float = 0.0
    beside: float = 0.0
    making: float = 0.0
    closing: float = 0.0
    triages: int = 0


class Clocks:
    """From now on."""

    def __init__(self):
        self.wall, self.processor = time.perf_counter(), time.process_time()

    def turn(self, steps):
        return Turn(time.perf_counter() - self.wall, time.process_time() - self.processor, steps)


class Timed:
    """Adds up the time in calls of functions, and counts the triages beside them."""

    def __init__(self, watcher):
        self.watcher = watcher
        self.hooks = self.closing = self.beside = 0.0
        self.triages = 0
        self.is_inside = False
        inner, close = watcher._triage, watcher.close
        watcher._triage = lambda *given, **named: (self._count(), inner(*given, **named))[1]
        watcher.close = lambda: self._close(close)

    def _count(self):
        self.triages += 1

    def _close(self, close):
        beside = [thread for thread in threading.enumerate() if thread.name == "triage"]
        self.beside += sum(time.clock_gettime(time.pthread_getcpuclockid(thread.ident)) for thread in beside)
        begun, busy = time.perf_counter(), time.thread_time()
        result = close()
        self.closing += time.perf_counter() - begun
        self.hooks -= time.thread_time() - busy if self.is_inside else 0.0
        return result

    def of(self, function):
        def timed(*given, **named):
            begun = time.thread_time()
            try:
                return function(*given, **named)
            finally:
                self.hooks += time.thread_time() - begun

        return timed

    def hooks_of(self, callback):
        self.is_inside = True
        for name in dir(callback):
            if name.startswith("on_") and getattr(type(callback), name) is not getattr(type(callback).__mro__[1], name):
                setattr(callback, name, self.of(getattr(callback, name)))
        return callback


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    os.environ.setdefault("KERAS_BACKEND", "torch")
    if find_spec("torch") is not None:
        import torch

        torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        kinds = {"plain loop": ("torch", plain, 20_000), "plain loop of nothing else": ("numpy", nothing_else, 200_000)}
        kinds |= {"Lightning": ("lightning", lightning, 5_000), "Hugging Face": ("transformers", hugging_face, 5_000)}
        kinds |= {"Keras": ("keras", keras, 4_000)}
        taken = {
            name: [(train(steps, folder, None), watched(train, steps, folder)) for _ in range(rounds + 1)][1:]
            for name, (package, train, steps) in kinds.items()
            if find_spec(package) is not None
        }
    write(list(table(taken)))


def watched(train, steps, folder):
    begun = time.perf_counter()
    watcher = Watcher(report=folder / "report.html")
    making = time.perf_counter() - begun
    timed = Timed(watcher)
    turn = train(steps, folder, timed)
    assert not watcher.alarms, watcher.alarms
    assert watcher.diagnosis is not None
    wall, processor = turn.wall - timed.closing, turn.processor - timed.closing
    return Turn(wall, processor, steps, timed.hooks, timed.beside, making, timed.closing, timed.triages)


def samples(count):
    random = np.random.default_rng(3)
    x = random.standard_normal((count, FEATURES)).astype("float32")
    return x, (x @ random.standard_normal((FEATURES, CLASSES))).argmax(axis=1)


def network():
    import torch

    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(FEATURES, 32), torch.nn.ReLU(), torch.nn.Linear(32, CLASSES))


def plain(steps, folder, timed):
    import torch

    x, y = map(torch.tensor, samples(BATCH * 64))
    model = network()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    log = None if timed is None else timed.of(timed.watcher.log)
    begun = Clocks()
    for step in range(steps):
        at = BATCH * (step % 64)
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x[at : at + BATCH]), y[at : at + BATCH])
        loss.backward()
        optimizer.step()
        if log is not None:
            log(step, loss=loss, learning_rate=optimizer.param_groups[0]["lr"])
    if timed is not None:
        timed.watcher.close()
    return begun.turn(steps)


def nothing_else(steps, folder, timed):
    """The least that a step can be: a float is worked out."""
    losses = (0.2 + 2.0 * np.exp(-np.arange(steps) / steps * 8)).tolist()
    log = None if timed is None else timed.of(timed.watcher.log)
    begun = Clocks()
    for step, loss in enumerate(losses):
        if log is not None:
            log(step, loss=loss, learning_rate=1e-3)
    if timed is not None:
        timed.watcher.close()
    return begun.turn(steps)


def lightning(steps, folder, timed):
    import torch
    from lightning.pytorch import LightningModule, Trainer

    from triage.callbacks import LightningTriage

    class Module(LightningModule):
        def __init__(self):
            super().__init__()
            self.network = network()

        def training_step(self, batch, batch_idx):
            return torch.nn.functional.cross_entropy(self.network(batch[0]), batch[1])

        def configure_optimizers(self):
            return torch.optim.Adam(self.parameters(), lr=1e-3)

    data = torch.utils.data.TensorDataset(*map(torch.tensor, samples(BATCH * 500)))
    trainer = Trainer(
        max_steps=steps, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False, default_root_dir=folder,
        callbacks=[] if timed is None else [timed.hooks_of(LightningTriage(timed.watcher))],
    )  # fmt: skip
    begun = Clocks()
    trainer.fit(Module(), torch.utils.data.DataLoader(data, batch_size=BATCH))
    return begun.turn(steps)


def hugging_face(steps, folder, timed):
    import torch
    from transformers import PrinterCallback, Trainer, TrainingArguments

    from triage.callbacks import HuggingFaceTriage

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network()

        def forward(self, x, labels):
            logits = self.network(x)
            return {"loss": torch.nn.functional.cross_entropy(logits, labels), "logits": logits}

    x, y = samples(BATCH * 64)
    arguments = TrainingArguments(
        output_dir=str(folder), max_steps=steps, per_device_train_batch_size=BATCH, learning_rate=1e-3, logging_steps=1,
        save_strategy="no", report_to=[], disable_tqdm=True, use_cpu=True,
    )  # fmt: skip
    data = [{"x": row, "labels": label} for row, label in zip(x, y.tolist(), strict=True)]
    callbacks = [] if timed is None else [timed.hooks_of(HuggingFaceTriage(timed.watcher))]
    trainer = Trainer(model=Model(), args=arguments, train_dataset=data, callbacks=callbacks)
    trainer.remove_callback(PrinterCallback)
    begun = Clocks()
    trainer.train()
    return begun.turn(steps)


def keras(steps, folder, timed):
    import keras as library

    from triage.callbacks import KerasTriage

    library.utils.set_random_seed(0)
    model = library.Sequential(
        [
            library.layers.Input((FEATURES,)),
            library.layers.Dense(32, activation="relu"),
            library.layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    model.compile(optimizer=library.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy")
    x, y = samples(BATCH * 500)
    callbacks = [] if timed is None else [timed.hooks_of(KerasTriage(timed.watcher))]
    begun = Clocks()
    model.fit(x, y, batch_size=BATCH, epochs=steps // 500, verbose=0, callbacks=callbacks)
    return begun.turn(steps)


def table(taken):
    yield "| loop | steps | step without | wall: median (range) | processor: median (range) | in its calls | beside "
    yield "| bound | asked | triages | once a run: making; last triage and report | all over the steps |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---|---:|---:|---:|"
    for name, turns in taken.items():
        steps = turns[0][1].steps
        wall = sorted((with_.wall - without.wall) / steps * 1e6 for without, with_ in turns)
        processor = sorted((with_.processor - without.processor) / steps * 1e6 for without, with_ in turns)
        before = statistics.median(without.wall for without, _ in turns) / steps * 1e6
        hooks, beside, making, closing, triages = (
            statistics.median(getattr(turn, part) for _, turn in turns)
            for part in ("hooks", "beside", "making", "closing", "triages")
        )
        bound = (hooks + beside) / steps * 1e6
        whole = bound + (making + closing) / steps * 1e6
        yield (
            f"| {name} | {steps:,} | {before:.1f} | {ranged(wall)} | {ranged(processor)} "
            f"| {hooks / steps * 1e6:.1f} | {beside / steps * 1e6:.1f} | {bound:.1f} "
            f"| {'met' if bound < ASKED else '**missed**'} | {triages:.0f} "
            f"| {making * 1e3:.0f} ms, {closing * 1e3:.0f} ms | {whole:.1f} |"
        )


def ranged(values):
    return f"{statistics.median(values):+.0f} ({values[0]:+.0f} to {values[-1]:+.0f})"


def write(rows):
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("torch", "lightning", "transformers", "keras") if find_spec(name)
    )
    load = f"{os.cpu_count()} cores, load {os.getloadavg()[1]:.1f} over the last five minutes"
    command = " ".join(["python -m tests.benchmarks.callback_overhead", *sys.argv[1:]])
    head = f"`{command}`, {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {packages}, {load}"
    rows = [rows[0] + rows[1][2:], *rows[2:]]
    tail = (
        "Microseconds a step, but where it says otherwise. wall and processor: watched less unwatched, turn about. "
        f"bound: in its calls and beside together; asked: less than {ASKED:.0f}."
    )
    text = "\n".join([head, "", *rows, "", tail])
    RESULTS.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
