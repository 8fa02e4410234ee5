"""Regenerate tests/data: `python -m tests.lab.make [--only NAME]...` trains the runs, writes their logs and truths."""

from __future__ import annotations

import argparse
import csv
import io
import time
from pathlib import Path

import numpy as np
import yaml

from .experiments import carry_out
from .faults import CATALOGUE, Fault
from .inspections import inspect, weights_contain_nan
from .runs import Run, train
from .settings import settings_of
from .symptoms import symptoms_of

DATA = Path(__file__).resolve().parents[1] / "data"


def _number(value: float) -> str:
    return "nan" if np.isnan(value) else f"{value:.6g}"


def _keras_rows(run: Run) -> tuple[list[str], list[list[str]]]:
    """One row an epoch, columns in alphabetical order after the epoch, as a Keras CSV logger writes them."""
    names = [name for name in sorted(run.epochs) if run.epochs[name] and _was_measured(run, name)]
    count = len(run.epochs["loss"])
    return ["epoch", *names], [[str(i), *(_number(run.epochs[name][i]) for name in names)] for i in range(count)]


def _was_measured(run: Run, name: str) -> bool:
    return not name.endswith("accuracy") or run.dataset.task == "classification"


def _lightning_rows(run: Run, every: int) -> tuple[list[str], list[list[str]]]:
    """Training rows every so many steps and validation rows at the end of an epoch, each with gaps for the other."""
    rows = []
    for step in range(run.steps):
        epoch = str(run.epoch_of[step])
        if (step + 1) % every == 0:
            rows.append([epoch, str(step), _number(run.loss[step]), ""])
        if (step + 1) % run.steps_per_epoch == 0:
            rows.append([epoch, str(step), "", _number(run.epochs["val_loss"][run.epoch_of[step]])])
    return ["epoch", "step", "train_loss", "val_loss"], rows


def _step_rows(run: Run, every: int, columns: tuple[str, ...]) -> tuple[list[str], list[list[str]]]:
    """The loss of every step, with its components, the rate and the gradient norm where they were logged."""
    curves = {"loss": run.loss}
    if "parts" in columns:
        curves |= run.parts
    if "lr" in columns:
        curves["lr"] = run.rate
    if "grad_norm" in columns:
        curves["grad_norm"] = run.grad_norm
    rows = [[str(i), *(_number(curve[i]) for curve in curves.values())] for i in range(0, run.steps, every)]
    return ["step", *curves], rows


def log_of(fault: Fault, run: Run) -> str:
    """The history as its framework would have written it."""
    if fault.log == "keras":
        header, rows = _keras_rows(run)
    elif fault.log == "lightning":
        header, rows = _lightning_rows(run, fault.every)
    else:
        header, rows = _step_rows(run, fault.every, fault.columns)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


def truth_of(fault: Fault, run: Run) -> dict[str, object]:
    """What is true of the run: its cause, the claims it shows, and the answer to every finding that was looked at."""
    answers = symptoms_of(fault, run)
    if answers.get("nan_onset") != "none" or answers.get("failure_time"):
        answers["weights_contain_nan"] = weights_contain_nan(run)
    with np.errstate(all="ignore"):
        answers |= settings_of(fault) | inspect(fault, run) | carry_out(fault) | dict(fault.known)
    return {
        "history": f"{fault.name}.csv",
        "cause": fault.cause,
        "claims": list(fault.claims),
        "answers": dict(sorted(answers.items())),
    }


def main(arguments: list[str] | None = None) -> None:
    """Regenerate all runs, or those named by `--only`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="regenerate this run alone; may be repeated")
    chosen = parser.parse_args(arguments).only
    unknown = set(chosen or ()) - {fault.name for fault in CATALOGUE}
    if unknown:
        parser.error(f"no such run: {', '.join(sorted(unknown))}")
    (DATA / "truth").mkdir(parents=True, exist_ok=True)
    for fault in CATALOGUE:
        if chosen and fault.name not in chosen:
            continue
        begun = time.perf_counter()
        run = train(fault.config)
        (DATA / f"{fault.name}.csv").write_text(log_of(fault, run), encoding="utf-8")
        truth = truth_of(fault, run)
        text = yaml.safe_dump(truth, sort_keys=False, width=120, default_flow_style=None)
        (DATA / "truth" / f"{fault.name}.yaml").write_text(text, encoding="utf-8")
        spent = time.perf_counter() - begun
        print(f"{fault.name:36s} {run.steps:6d} steps {spent:6.1f} s  {run.loss[0]:.3g} -> {run.loss[-1]:.3g}")


if __name__ == "__main__":
    main()
