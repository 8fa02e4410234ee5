"""Genres from film posters. A poster may have several genres."""
from pathlib import Path

import pandas as pd
import torch
from PIL import Image
from sklearn.metrics import f1_score
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms as T


class Posters(Dataset):
    def __init__(self, frame: pd.DataFrame, folder: Path, augment: bool):
        self.ids = frame["id"].tolist()
        self.genres = torch.tensor(frame.drop(columns="id").to_numpy(), dtype=torch.float32)
        self.folder = folder
        flip = [T.RandomHorizontalFlip()] if augment else []
        self.transform = T.Compose([T.Resize((160, 112)), *flip, T.ToTensor()])

    def __len__(self):
        return len(self.ids)

    def __getitem__(self, i):
        image = Image.open(self.folder / f"{self.ids[i]}.jpg").convert("RGB")
        return self.transform(image), self.genres[i]


class PosterNet(nn.Module):
    def __init__(self, n_genres: int):
        super().__init__()
        widths = [3, 32, 64, 128, 256]
        stages = []
        for a, b in zip(widths, widths[1:]):
            stages += [nn.Conv2d(a, b, 3, padding=1, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
        self.features = nn.Sequential(*stages, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(widths[-1], n_genres)

    def forward(self, x):
        return self.head(self.features(x))

    @torch.no_grad()
    def predict(self, x, threshold=0.5):
        self.eval()
        return torch.sigmoid(self(x)) > threshold


def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    table = pd.read_csv("posters.csv").sample(frac=1.0, random_state=0)
    cut = int(0.85 * len(table))
    train_dl = DataLoader(Posters(table[:cut], Path("posters"), True), batch_size=64, shuffle=True, num_workers=4)
    valid_dl = DataLoader(Posters(table[cut:], Path("posters"), False), batch_size=128, num_workers=4)

    model = PosterNet(table.shape[1] - 1).to(device)
    criterion = nn.BCEWithLogitsLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    for epoch in range(40):
        model.train()
        for x, y in train_dl:
            loss = criterion(model(x.to(device)), y.to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        predicted, actual = [], []
        for x, y in valid_dl:
            predicted.append(model.predict(x.to(device)).cpu())
            actual.append(y)
        f1 = f1_score(torch.cat(actual).numpy(), torch.cat(predicted).numpy(), average="micro")
        print(f"epoch {epoch:2d}: last loss {loss.item():.4f}, valid F1 {f1:.3f}")


if __name__ == "__main__":
    main()
