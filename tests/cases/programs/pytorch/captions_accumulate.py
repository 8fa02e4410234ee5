"""Captions for charts from a grid of image features (already extracted, 49 x 768)."""
import math
from dataclasses import dataclass, field

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader

PAD = 0


@dataclass(frozen=True)
class Settings:
    vocab: int = 8000
    width: int = 384
    layers: int = 4
    heads: int = 6
    peak: float = 3e-4
    warmup: int = 1000
    updates: int = 30000
    micro: int = 16
    accumulate: int = 4
    betas: tuple[float, float] = field(default=(0.9, 0.98))


class Captioner(nn.Module):
    def __init__(self, s: Settings):
        super().__init__()
        self.bridge = nn.Linear(768, s.width)
        self.tok = nn.Embedding(s.vocab, s.width, padding_idx=PAD)
        self.pos = nn.Embedding(64, s.width)
        layer = nn.TransformerDecoderLayer(s.width, s.heads, 4 * s.width, 0.1, batch_first=True, norm_first=True)
        self.decoder = nn.TransformerDecoder(layer, s.layers, nn.LayerNorm(s.width))
        self.out = nn.Linear(s.width, s.vocab, bias=False)

    def forward(self, grid, tokens):
        n = tokens.shape[1]
        x = self.tok(tokens) + self.pos(torch.arange(n, device=tokens.device))
        causal = torch.triu(torch.ones(n, n, dtype=torch.bool, device=tokens.device), diagonal=1)
        h = self.decoder(x, self.bridge(grid), tgt_mask=causal, tgt_key_padding_mask=tokens == PAD)
        return self.out(h)


def collate(rows):
    return torch.stack([g for g, _ in rows]), pad_sequence([t[:64] for _, t in rows], batch_first=True, padding_value=PAD)


def rate(s: Settings):
    def factor(update):
        if update < s.warmup:
            return update / s.warmup
        return 0.5 * (1 + math.cos(math.pi * min(1.0, (update - s.warmup) / (s.updates - s.warmup))))

    return factor


def main(s: Settings = Settings()):
    data = torch.load("charts.pt")
    train = DataLoader(data["train"], s.micro, shuffle=True, collate_fn=collate, drop_last=True)
    dev = DataLoader(data["dev"], s.micro, collate_fn=collate)
    model = Captioner(s)
    adamw = torch.optim.AdamW(model.parameters(), lr=s.peak, betas=s.betas, weight_decay=0.05)
    plan = torch.optim.lr_scheduler.LambdaLR(adamw, rate(s))
    ce = nn.CrossEntropyLoss(ignore_index=PAD, label_smoothing=0.1)
    done = micro = 0
    while done < s.updates:
        model.train()
        for grid, tokens in train:
            loss = ce(model(grid, tokens[:, :-1]).transpose(1, 2), tokens[:, 1:])
            (loss / s.accumulate).backward()
            micro += 1
            if micro % s.accumulate == 0:
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                adamw.step()
                plan.step()
                adamw.zero_grad(set_to_none=True)
                done += 1
        model.eval()
        with torch.inference_mode():
            parts = [ce(model(g, t[:, :-1]).transpose(1, 2), t[:, 1:]).item() for g, t in dev]
        print(f"{done} updates, train {loss.item():.3f}, dev {sum(parts) / len(parts):.3f}")


if __name__ == "__main__":
    main()
