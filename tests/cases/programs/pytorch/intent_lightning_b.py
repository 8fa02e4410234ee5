"""Intent classifier for the booking assistant (71 intents)."""
import lightning as L
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torchmetrics.classification import MulticlassAccuracy


class IntentModel(L.LightningModule):
    def __init__(self, vocab_size: int, n_intents: int, emb: int = 128, lr: float = 1e-3):
        super().__init__()
        self.save_hyperparameters()
        self.bag = nn.EmbeddingBag(vocab_size, emb, mode="mean", padding_idx=0)
        self.body = nn.Sequential(nn.Linear(emb, 256), nn.GELU(), nn.Dropout(0.2))
        self.classifier = nn.Linear(256, n_intents)
        self.val_acc = MulticlassAccuracy(num_classes=n_intents, average="micro")

    def forward(self, token_ids):
        h = self.body(self.bag(token_ids))
        return self.classifier(h).softmax(dim=-1)

    def training_step(self, batch, batch_idx):
        tokens, intent = batch
        loss = F.cross_entropy(self(tokens), intent, label_smoothing=0.05)
        self.log("train/loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch, batch_idx):
        tokens, intent = batch
        self.val_acc(self(tokens), intent)
        self.log("val/acc", self.val_acc, on_epoch=True, prog_bar=True)

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=self.hparams.lr, weight_decay=0.01)


def loaders(path, batch_size):
    blob = torch.load(path)
    out = []
    for split in ("train", "dev"):
        ds = TensorDataset(blob[split]["tokens"], blob[split]["intent"])
        out.append(DataLoader(ds, batch_size=batch_size, shuffle=split == "train"))
    return out, blob["vocab_size"], blob["n_intents"]


if __name__ == "__main__":
    L.seed_everything(7)
    (train_loader, dev_loader), vocab_size, n_intents = loaders("intents.pt", 128)
    model = IntentModel(vocab_size, n_intents)
    trainer = L.Trainer(max_epochs=25, log_every_n_steps=20)
    trainer.fit(model, train_loader, dev_loader)
