import torch
import torch.nn as nn
import torch.nn.functional as F

from tokens import TokenStream

CTX, VOCAB, D, HEADS, DEPTH = 256, 8192, 384, 6, 6
device = "cuda"


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok = nn.Embedding(VOCAB, D)
        self.pos = nn.Embedding(CTX, D)
        layer = nn.TransformerEncoderLayer(D, HEADS, 4 * D, dropout=0.1, activation="gelu", batch_first=True, norm_first=True)
        self.body = nn.TransformerEncoder(layer, DEPTH)
        self.norm = nn.LayerNorm(D)
        self.head = nn.Linear(D, VOCAB, bias=False)

    def forward(self, idx):
        t = idx.size(1)
        x = self.tok(idx) + self.pos(torch.arange(t, device=idx.device))
        causal = nn.Transformer.generate_square_subsequent_mask(t, device=idx.device, dtype=x.dtype)
        return self.head(self.norm(self.body(x, mask=causal)))


model = Decoder().to(device)
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, betas=(0.9, 0.95), weight_decay=0.1)
warm = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, (s + 1) / 1000))
train, val = TokenStream("train.bin", CTX, 32), TokenStream("val.bin", CTX, 32)

for step in range(50000):
    model.train()
    x, y = train.batch(device)
    loss = F.cross_entropy(model(x).view(-1, VOCAB), y.view(-1))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    warm.step()
    if step % 500 == 0:
        model.eval()
        with torch.no_grad():
            x, y = val.batch(device)
            v = F.cross_entropy(model(x).view(-1, VOCAB), y.view(-1)).item()
        print(step, loss.item(), v)
