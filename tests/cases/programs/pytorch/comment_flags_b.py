"""Jigsaw comments: six flags per comment, BiGRU over GloVe vectors."""
import pickle

import torch
from sklearn.metrics import roc_auc_score
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader

LABELS = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]


class BiGRU(nn.Module):
    def __init__(self, vectors, num_labels):
        super().__init__()
        self.embedding = nn.Embedding.from_pretrained(vectors, freeze=False, padding_idx=0)
        self.gru = nn.GRU(vectors.size(1), 80, batch_first=True, bidirectional=True)
        self.classifier = nn.Sequential(
            nn.Linear(320, 64),
            nn.ReLU(),
            nn.Dropout(0.1),
            nn.Linear(64, num_labels),
        )

    def forward(self, tokens):
        h, _ = self.gru(self.embedding(tokens))
        pooled = torch.cat([h.mean(dim=1), h.max(dim=1).values], dim=1)
        return self.classifier(pooled)


def collate(rows):
    tokens, flags = zip(*rows)
    return pad_sequence([torch.tensor(t[:200]) for t in tokens], batch_first=True), torch.tensor(flags).float()


def evaluate(model, loader, device):
    model.eval()
    outs, gold = [], []
    with torch.no_grad():
        for tokens, flags in loader:
            outs.append(model(tokens.to(device)).cpu())
            gold.append(flags)
    return roc_auc_score(torch.cat(gold).numpy(), torch.cat(outs).numpy(), average="macro")


def main():
    device = "cuda" if torch.cuda.is_available() else "cpu"
    with open("jigsaw_tokenized.pkl", "rb") as fh:
        prepared = pickle.load(fh)
    train_loader = DataLoader(prepared["train"], batch_size=128, shuffle=True, collate_fn=collate)
    dev_loader = DataLoader(prepared["dev"], batch_size=256, collate_fn=collate)
    model = BiGRU(torch.as_tensor(prepared["glove"]).float(), len(LABELS)).to(device)
    pos_weight = torch.tensor(prepared["neg_per_pos"]).float().clamp(max=20).to(device)
    loss_fn = nn.BCEWithLogitsLoss(pos_weight=pos_weight)
    optim = torch.optim.Adam(model.parameters(), lr=1e-3)

    for epoch in range(6):
        model.train()
        for step, (tokens, flags) in enumerate(train_loader):
            optim.zero_grad()
            loss = loss_fn(model(tokens.to(device)), flags.to(device))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optim.step()
            if step % 200 == 0:
                print(f"{epoch}:{step} {loss.item():.4f}")
        print("macro AUC", evaluate(model, dev_loader, device))


if __name__ == "__main__":
    main()
