import torch
from torch import Tensor, nn
from torch.optim import SGD
from torch.utils.data import DataLoader

STEPS_SEEN, STEPS_AHEAD = 300, 100


class Rollout(nn.Module):
    """Reads the station for 300 hours and then continues on its own output."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.cell = nn.RNNCell(channels, hidden, nonlinearity="relu")
        self.read_out = nn.Linear(hidden, channels)

    def forward(self, seen: Tensor) -> Tensor:
        h = seen.new_zeros(seen.shape[0], self.cell.hidden_size)
        for t in range(seen.shape[1]):
            h = self.cell(seen[:, t], h)
        outputs = []
        value = self.read_out(h)
        for _ in range(STEPS_AHEAD):
            outputs.append(value)
            h = self.cell(value, h)
            value = self.read_out(h)
        return torch.stack(outputs, dim=1)


def mean_loss(model: nn.Module, loader: DataLoader, criterion: nn.Module) -> float:
    model.eval()
    with torch.no_grad():
        parts = [criterion(model(w[:, :STEPS_SEEN]), w[:, STEPS_SEEN:]).item() for w in loader]
    return sum(parts) / len(parts)


def train(windows: Tensor, epochs: int = 20) -> nn.Module:
    n_train = int(0.9 * len(windows))
    windows = windows[torch.randperm(len(windows))]
    mean, std = windows[:n_train].mean((0, 1)), windows[:n_train].std((0, 1))
    train_part, val_part = ((windows - mean) / std).split([n_train, len(windows) - n_train])
    train_loader = DataLoader(train_part, batch_size=32, shuffle=True)
    val_loader = DataLoader(val_part, batch_size=64)
    model = Rollout(windows.shape[-1], 64)
    criterion = nn.MSELoss()
    optimiser = SGD(model.parameters(), lr=0.02, momentum=0.9)
    for epoch in range(epochs):
        model.train()
        for window in train_loader:
            optimiser.zero_grad()
            loss = criterion(model(window[:, :STEPS_SEEN]), window[:, STEPS_SEEN:])
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
            optimiser.step()
        print(f"{epoch}: {loss.item():.4f} / {mean_loss(model, val_loader, criterion):.4f}")
    return model


if __name__ == "__main__":
    torch.manual_seed(42)
    model = train(torch.load("stations.pt"))  # windows x 400 hours x channels, none overlaps another
    torch.save(model.state_dict(), "rollout.pt")
