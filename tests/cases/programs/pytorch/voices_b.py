import torch
from torch import nn
from torch.utils.data import DataLoader

from speakers import VoiceDataset

params = {"lr": 1e-3, "epochs": 25, "batch_size": 64, "p": 0.5}


class SpeakerNet(nn.Module):
    def __init__(self, n_speakers, p):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv1d(40, 128, 5, padding=2), nn.ReLU(), nn.Dropout(p),
            nn.Conv1d(128, 128, 5, padding=2), nn.ReLU(), nn.Dropout(p),
            nn.AdaptiveMaxPool1d(1), nn.Flatten(),
            nn.Linear(128, n_speakers),
        )

    def forward(self, x):
        return self.net(x)


def evaluate(model, loader, criterion):
    model.eval()
    loss, hits, n = 0.0, 0, 0
    with torch.no_grad():
        for x, y in loader:
            out = model(x)
            loss += criterion(out, y).item() * len(y)
            hits += (out.argmax(1) == y).sum().item()
            n += len(y)
    return loss / n, hits / n


train_ds, val_ds = VoiceDataset("train"), VoiceDataset("val")
train_loader = DataLoader(train_ds, params["batch_size"], shuffle=True)
val_loader = DataLoader(val_ds, params["batch_size"])
model = SpeakerNet(train_ds.n_speakers, params["p"])
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=params["lr"])

for epoch in range(params["epochs"]):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    val_loss, val_acc = evaluate(model, val_loader, criterion)
    print(epoch, loss.item(), val_loss, val_acc)
