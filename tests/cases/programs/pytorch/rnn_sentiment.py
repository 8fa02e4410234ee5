import collections
import json
import random
import re

import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader

SEED, MAX_VOCAB, MAX_LEN = 1234, 25000, 400
BATCH_SIZE, EMB, HID, LAYERS, DROP = 64, 100, 256, 2, 0.5
LR, CLIP, EPOCHS, PATIENCE = 1e-3, 1.0, 15, 3
PAD, UNK = 0, 1

random.seed(SEED)
torch.manual_seed(SEED)


def tokenize(s):
    return re.findall(r"[a-z']+", s.lower())[:MAX_LEN]


def read(path):
    with open(path) as f:
        return [(tokenize(r["text"]), float(r["label"] == "pos")) for r in map(json.loads, f)]


rows = read("reviews_train.jsonl")
random.shuffle(rows)
n_valid = len(rows) // 10
valid_rows, train_rows = rows[:n_valid], rows[n_valid:]
counts = collections.Counter(t for toks, _ in train_rows for t in toks)
vocab = {w: i + 2 for i, (w, _) in enumerate(counts.most_common(MAX_VOCAB))}


def encode(rows):
    return [(torch.tensor([vocab.get(t, UNK) for t in toks] or [UNK]), y) for toks, y in rows]


def collate(batch):
    seqs, ys = zip(*batch)
    lengths = torch.tensor([len(s) for s in seqs])
    return pad_sequence(seqs, batch_first=True, padding_value=PAD), lengths, torch.tensor(ys)


train_dl = DataLoader(encode(train_rows), BATCH_SIZE, shuffle=True, collate_fn=collate)
valid_dl = DataLoader(encode(valid_rows), BATCH_SIZE, shuffle=False, collate_fn=collate)


class BiLSTM(nn.Module):
    def __init__(self, n_words):
        super().__init__()
        self.embedding = nn.Embedding(n_words, EMB, padding_idx=PAD)
        self.lstm = nn.LSTM(EMB, HID, LAYERS, bidirectional=True, dropout=DROP, batch_first=True)
        self.dropout = nn.Dropout(DROP)
        self.fc = nn.Linear(2 * HID, 1)

    def forward(self, text, lengths):
        embedded = self.dropout(self.embedding(text))
        packed = pack_padded_sequence(embedded, lengths.cpu(), batch_first=True, enforce_sorted=False)
        _, (h, _) = self.lstm(packed)
        return self.fc(self.dropout(torch.cat([h[-2], h[-1]], dim=1))).squeeze(1)


device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = BiLSTM(len(vocab) + 2).to(device)
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=LR)


def epoch(dl, train):
    model.train() if train else model.eval()
    loss_sum, right, n = 0.0, 0, 0
    with torch.set_grad_enabled(train):
        for text, lengths, y in dl:
            text, y = text.to(device), y.to(device)
            out = model(text, lengths)
            loss = criterion(out, y)
            if train:
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), CLIP)
                optimizer.step()
            loss_sum += loss.item() * len(y)
            right += ((out > 0).float() == y).sum().item()
            n += len(y)
    return loss_sum / n, right / n


best, bad = float("inf"), 0
for e in range(EPOCHS):
    tr, va = epoch(train_dl, True), epoch(valid_dl, False)
    print(f"{e:02d} train {tr[0]:.3f} {tr[1]:.3f} valid {va[0]:.3f} {va[1]:.3f}")
    if va[0] < best:
        best, bad = va[0], 0
        torch.save(model.state_dict(), "bilstm.pt")
    else:
        bad += 1
        if bad == PATIENCE:
            break
