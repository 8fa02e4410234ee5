import lightning.pytorch as pl
import torch
import torchvision.transforms.v2 as T
from lightning.pytorch.callbacks import EarlyStopping
from torch import nn
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.models import EfficientNet_B0_Weights, efficientnet_b0

WEIGHTS = EfficientNet_B0_Weights.IMAGENET1K_V1
STATS = dict(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])
to_float = [T.ToImage(), T.ToDtype(torch.float32, scale=True), T.Normalize(**STATS)]
for_train = T.Compose([T.RandomResizedCrop(224, scale=(0.7, 1.0)), T.RandomHorizontalFlip(), *to_float])
for_val = T.Compose([T.Resize(256), T.CenterCrop(224), *to_float])


class LinearProbe(pl.LightningModule):
    """Only the head learns: there are 40 photographs a species."""

    def __init__(self, species):
        super().__init__()
        self.backbone = efficientnet_b0(weights=WEIGHTS)
        self.backbone.classifier = nn.Identity()
        self.backbone.requires_grad_(False)
        self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(1280, species))
        self.criterion = nn.CrossEntropyLoss()

    def on_train_epoch_start(self):
        self.backbone.eval()

    def forward(self, images):
        with torch.no_grad():
            features = self.backbone(images)
        return self.head(features)

    def training_step(self, batch, batch_idx):
        images, species = batch
        loss = self.criterion(self(images), species)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch, batch_idx):
        images, species = batch
        logits = self(images)
        self.log_dict({"val_loss": self.criterion(logits, species), "val_acc": (logits.argmax(-1) == species).float().mean()}, prog_bar=True)

    def predict_step(self, batch, batch_idx):
        images, _ = batch
        return torch.softmax(self(images), dim=-1)

    def configure_optimizers(self):
        return torch.optim.Adam(self.head.parameters(), lr=1e-3)


pl.seed_everything(99)
train_set, val_set = ImageFolder("lichens/train", for_train), ImageFolder("lichens/val", for_val)
train_loader = DataLoader(train_set, batch_size=64, shuffle=True, num_workers=2)
val_loader = DataLoader(val_set, batch_size=64, num_workers=2)
probe = LinearProbe(len(train_set.classes))
trainer = pl.Trainer(max_epochs=30, callbacks=[EarlyStopping("val_loss", patience=4)])
trainer.fit(probe, train_loader, val_loader)
confident = torch.cat(trainer.predict(probe, val_loader)).max(dim=1).values
print("median confidence", confident.median().item())
