import os

import torch
from torch import nn
from torch.utils.data import DataLoader

from wikitext import Wikitext
from lm import TransformerLM

CKPT = "wiki_lm.pt"
EPOCHS = 40

train_dl = DataLoader(Wikitext("train", seq_len=128), batch_size=64, shuffle=True)
valid_dl = DataLoader(Wikitext("valid", seq_len=128), batch_size=64)
model = TransformerLM(vocab=33278, dim=400, heads=8, layers=6)
optimizer = torch.optim.Adam(model.parameters(), lr=5e-4, betas=(0.9, 0.98))
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=EPOCHS)
criterion = nn.CrossEntropyLoss()
start = 0

if os.path.exists(CKPT):
    state = torch.load(CKPT, map_location="cpu")
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    scheduler.load_state_dict(state["scheduler"])
    start = state["epoch"] + 1

for epoch in range(start, EPOCHS):
    model.train()
    for x, y in train_dl:
        optimizer.zero_grad()
        loss = criterion(model(x).flatten(0, 1), y.flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
    scheduler.step()
    model.eval()
    with torch.no_grad():
        vl = sum(criterion(model(x).flatten(0, 1), y.flatten()).item() for x, y in valid_dl) / len(valid_dl)
    print(epoch, loss.item(), vl)
    torch.save(
        {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "scheduler": scheduler.state_dict(),
            "epoch": epoch,
        },
        CKPT,
    )
