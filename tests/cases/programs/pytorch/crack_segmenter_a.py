import copy
import logging

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset

log = logging.getLogger("cracks")


class Pavement(Dataset):
    def __init__(self, archive, augment=False):
        blob = torch.load(archive)
        self.photo, self.crack, self.augment = blob["photo"], blob["crack"], augment

    def __len__(self):
        return len(self.photo)

    def __getitem__(self, i):
        photo, crack = self.photo[i].float() / 255, self.crack[i].float()
        if self.augment and torch.rand(1).item() > 0.5:
            photo, crack = photo.flip(-1), crack.flip(-1)
        return (photo - 0.5) / 0.25, crack


class DoubleConv(nn.Sequential):
    def __init__(self, i, o):
        super().__init__(nn.Conv2d(i, o, 3, 1, 1), nn.BatchNorm2d(o), nn.ReLU(), nn.Conv2d(o, o, 3, 1, 1), nn.BatchNorm2d(o), nn.ReLU())


class SmallUNet(nn.Module):
    def __init__(self, base=24):
        super().__init__()
        self.a, self.b, self.c = DoubleConv(3, base), DoubleConv(base, 2 * base), DoubleConv(2 * base, 4 * base)
        self.up1, self.up2 = nn.ConvTranspose2d(4 * base, 2 * base, 2, 2), nn.ConvTranspose2d(2 * base, base, 2, 2)
        self.d, self.e = DoubleConv(4 * base, 2 * base), DoubleConv(2 * base, base)
        self.out = nn.Conv2d(base, 1, 1)

    def forward(self, x):
        a = self.a(x)
        b = self.b(F.max_pool2d(a, 2))
        c = self.c(F.max_pool2d(b, 2))
        d = self.d(torch.cat([self.up1(c), b], 1))
        return self.out(self.e(torch.cat([self.up2(d), a], 1))).squeeze(1)


class SegTrainer:
    def __init__(self, model, optimizer, epochs):
        self.model = model
        self.best = copy.deepcopy(model.state_dict())
        self.optimizer = optimizer
        self.epochs = epochs
        self.best_iou = 0.0

    def fit(self, train, val):
        weight = torch.tensor(8.0)
        for epoch in range(self.epochs):
            self.model.train()
            for photo, crack in train:
                self.optimizer.zero_grad()
                loss = F.binary_cross_entropy_with_logits(self.model(photo), crack, pos_weight=weight)
                loss.backward()
                self.optimizer.step()
            iou = self.iou(val)
            log.info("epoch %d loss %.4f iou %.4f", epoch, loss.item(), iou)
            if iou > self.best_iou:
                self.best_iou, self.best = iou, copy.deepcopy(self.model.state_dict())

    @torch.no_grad()
    def iou(self, loader):
        self.model.eval()
        inter = union = 0
        for photo, crack in loader:
            guess, truth = self.model(photo) > 0, crack > 0.5
            inter += (guess & truth).sum().item()
            union += (guess | truth).sum().item()
        return inter / max(union, 1)


logging.basicConfig(level=logging.INFO)
model = SmallUNet()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-4)
trainer = SegTrainer(model, optimizer, epochs=45)
trainer.fit(
    DataLoader(Pavement("pavement_train.pt", augment=True), batch_size=16, shuffle=True),
    DataLoader(Pavement("pavement_val.pt"), batch_size=16),
)
torch.save(trainer.best, "cracks_best.pt")
