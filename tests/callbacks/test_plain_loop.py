import warnings

import pytest

from tests.callbacks.data import GOOD, samples, torch_network
from triage.callbacks import TrainingWarning, Watcher
from triage.callbacks.described import torch_settings

torch = pytest.importorskip("torch", reason="needs PyTorch (extra lab)")


def diverging(outputs, targets):
    """Squares of what is not scaled, which ordinary rates are too high for."""
    return torch.nn.functional.mse_loss(outputs[:, 0], 30.0 * targets)


def trained(watcher, rate, optimizer=torch.optim.SGD, steps=400, loss_of=torch.nn.functional.cross_entropy):
    """A loop of one's own; the steps that it took."""
    x, y = map(torch.tensor, samples())
    model = torch_network()
    optimizer = optimizer(model.parameters(), lr=rate)
    watcher.describe(torch_settings(optimizer), "optimizer")
    with watcher:
        for step in range(steps):
            at = 32 * step % 512
            optimizer.zero_grad()
            loss = loss_of(model(x[at : at + 32]), y[at : at + 32])
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1e9)
            optimizer.step()
            watcher.log(step, loss=loss, grad_norm=norm, learning_rate=optimizer.param_groups[0]["lr"])
            if watcher.should_stop:
                return step + 1
    return steps


def test_a_loop_that_trains_brings_no_warning(real_base):
    watcher = Watcher(base=real_base, every=20)
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrainingWarning)
        assert trained(watcher, GOOD) == 400
    assert watcher.diagnosis.is_healthy


def test_a_rate_that_is_far_too_high_is_told_and_stops_the_run(real_base, tmp_path):
    watcher = Watcher(base=real_base, every=20, stop_on="any", report=tmp_path / "run.html")
    with pytest.warns(TrainingWarning, match=r"(?i)rate too high"):
        assert trained(watcher, 100.0, steps=20_000, loss_of=diverging) < 20_000
    assert watcher.alarms[0].cause == "learning_rate_too_high"
    assert "rate too high" in (tmp_path / "run.html").read_text(encoding="utf-8")


def test_weights_of_nan_are_told(real_base):
    class Breaks(torch.optim.SGD):
        updates = 0

        def step(self):
            super().step()
            self.updates += 1
            if self.updates == 200:
                self.param_groups[0]["params"][0].data[0, 0] = float("nan")

    watcher = Watcher(base=real_base, every=20)
    with pytest.warns(TrainingWarning, match="NaN from step 200 on"):
        trained(watcher, GOOD, Breaks)


@pytest.mark.parametrize(
    ("optimizer", "state"), [(torch.optim.Adam, "adam"), (torch.optim.AdamW, "adamw"), (torch.optim.SGD, "sgd")]
)
def test_the_optimizer_is_read_from_its_object(real_base, optimizer, state):
    watcher = Watcher(base=real_base, on_warning=str)
    trained(watcher, 1e-3, optimizer, steps=30)
    found = {finding.finding: finding for finding in watcher.diagnosis.findings}
    assert found["optimizer"].state == state
    assert found["optimizer"].place == "optimizer"


def test_a_schedule_and_a_warm_up_hide_no_rate():
    parameters = [torch.nn.Parameter(torch.ones(2))]
    optimizer = torch.optim.AdamW(parameters, lr=torch.tensor(3e-4), betas=(0.9, 0.95))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.0)
    settings = torch_settings(optimizer, schedule)
    assert settings["optimizer"]["init_args"]["lr"] == pytest.approx(3e-4)
    assert settings["lr_scheduler"]["class_path"].endswith("LambdaLR")
