import pytorch_lightning as pl
import torch
import torch.nn.functional as F
from pytorch_lightning.callbacks import ModelCheckpoint
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Melodies(Dataset):
    """Windows of MIDI pitches; 128 stands for a rest."""

    def __init__(self, songs, length=64):
        self.windows = torch.cat([s.unfold(0, length + 1, length // 2) for s in songs if len(s) > length])

    def __len__(self):
        return len(self.windows)

    def __getitem__(self, i):
        w = self.windows[i]
        return w[:-1], w[1:]


class MelodyData(pl.LightningDataModule):
    def __init__(self, path, batch_size=64):
        super().__init__()
        self.path, self.batch_size = path, batch_size

    def setup(self, stage=None):
        songs = torch.load(self.path)
        n = len(songs) // 10
        self.val, self.train = Melodies(songs[:n]), Melodies(songs[n:])

    def train_dataloader(self):
        return DataLoader(self.train, self.batch_size, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.val, self.batch_size)


class MelodyLSTM(pl.LightningModule):
    def __init__(self, notes=129, width=256):
        super().__init__()
        self.embed = nn.Embedding(notes, 64)
        self.lstm = nn.LSTM(64, width, num_layers=2, dropout=0.2, batch_first=True)
        self.proj = nn.Linear(width, notes)

    def forward(self, x):
        return self.proj(self.lstm(self.embed(x))[0])

    def step(self, batch, name):
        x, y = batch
        loss = F.cross_entropy(self(x).transpose(1, 2), y)
        self.log(name, loss, prog_bar=True)
        return loss

    def training_step(self, batch, _):
        return self.step(batch, "loss_train")

    def validation_step(self, batch, _):
        self.step(batch, "loss_val")

    def configure_optimizers(self):
        opt = torch.optim.SGD(self.parameters(), lr=0.1, momentum=0.9)
        plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, factor=0.5, patience=3)
        return {"optimizer": opt, "lr_scheduler": {"scheduler": plateau, "monitor": "loss_val"}}


trainer = pl.Trainer(
    max_epochs=50,
    gradient_clip_val=1e-5,
    callbacks=[ModelCheckpoint(monitor="loss_val", save_top_k=1)],
)
trainer.fit(MelodyLSTM(), datamodule=MelodyData("songs.pt"))
