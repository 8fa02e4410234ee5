import argparse

import lightning.pytorch as pl
import numpy as np
import torch
from lightning.pytorch.callbacks import EarlyStopping, LearningRateMonitor, ModelCheckpoint
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Windows(Dataset):
    def __init__(self, series, past=72, ahead=24):
        self.series, self.past, self.ahead = torch.from_numpy(series), past, ahead

    def __len__(self):
        return len(self.series) - self.past - self.ahead + 1

    def __getitem__(self, t):
        now = t + self.past
        return self.series[t:now], self.series[now:now + self.ahead, 0]


class SolarData(pl.LightningDataModule):
    def __init__(self, path, batch_size=128):
        super().__init__()
        self.path, self.batch_size = path, batch_size

    def setup(self, stage):
        values = np.load(self.path).astype(np.float32)
        border = int(0.8 * len(values))
        mean, std = values[:border].mean(0), values[:border].std(0)
        values = (values - mean) / std
        self.train_set, self.val_set = Windows(values[:border]), Windows(values[border:])

    def train_dataloader(self):
        return DataLoader(self.train_set, self.batch_size, shuffle=True, num_workers=4)

    def val_dataloader(self):
        return DataLoader(self.val_set, self.batch_size, num_workers=4)


class SolarForecaster(pl.LightningModule):
    def __init__(self, n_features=5, hidden=96, ahead=24, lr=1e-3):
        super().__init__()
        self.save_hyperparameters()
        self.encoder = nn.LSTM(n_features, hidden, num_layers=2, dropout=0.2, batch_first=True)
        self.head = nn.Linear(hidden, ahead)
        self.loss = nn.L1Loss()

    def forward(self, past):
        _, (h, _) = self.encoder(past)
        return self.head(h[-1])

    def _shared_step(self, batch, stage):
        past, future = batch
        loss = self.loss(self(past), future)
        self.log(f"{stage}_loss", loss, prog_bar=True)
        return loss

    def training_step(self, batch, batch_idx):
        return self._shared_step(batch, "train")

    def validation_step(self, batch, batch_idx):
        self._shared_step(batch, "val")

    def configure_optimizers(self):
        opt = torch.optim.Adam(self.parameters(), lr=self.hparams.lr)
        sched = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, factor=0.5, patience=3)
        return {"optimizer": opt, "lr_scheduler": {"scheduler": sched, "monitor": "val_loss"}}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default="solar.npy")
    parser.add_argument("--resume", default=None, help="checkpoint to continue from")
    args = parser.parse_args()
    pl.seed_everything(3)
    trainer = pl.Trainer(
        max_epochs=60,
        gradient_clip_val=1.0,
        callbacks=[ModelCheckpoint(monitor="val_loss", save_last=True), EarlyStopping("val_loss", patience=10), LearningRateMonitor()],
    )
    trainer.fit(SolarForecaster(), SolarData(args.data), ckpt_path=args.resume)
