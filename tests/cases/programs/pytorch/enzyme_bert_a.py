import numpy as np
import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

RESIDUES = "ACDEFGHIKLMNPQRSTVWY"
PAD, CLS = 20, 21
LENGTH = 256


class Enzymes(torch.utils.data.Dataset):
    """One line a protein: class of the enzyme (0 to 5), tab, its sequence."""

    def __init__(self, path):
        self.items = []
        with open(path) as lines:
            for line in lines:
                ec, sequence = line.rstrip("\n").split("\t")
                ids = [CLS] + [RESIDUES.index(r) for r in sequence if r in RESIDUES][: LENGTH - 1]
                self.items.append((ids, int(ec)))

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        ids, ec = self.items[index]
        gap = LENGTH - len(ids)
        return {
            "input_ids": torch.tensor(ids + [PAD] * gap),
            "attention_mask": torch.tensor([1] * len(ids) + [0] * gap),
            "labels": torch.tensor(ec),
        }


config = BertConfig(
    vocab_size=22,
    hidden_size=128,
    num_hidden_layers=4,
    num_attention_heads=4,
    intermediate_size=512,
    max_position_embeddings=LENGTH,
    pad_token_id=PAD,
    num_labels=6,
)
model = BertForSequenceClassification(config)


def metrics(prediction):
    guess = prediction.predictions.argmax(axis=-1)
    return {"accuracy": float(np.mean(guess == prediction.label_ids))}


args = TrainingArguments(
    "enzymes",
    num_train_epochs=40,
    per_device_train_batch_size=64,
    learning_rate=5e-9,
    lr_scheduler_type="cosine",
    warmup_steps=500,
    weight_decay=0.01,
    eval_strategy="epoch",
    save_strategy="no",
    report_to="none",
)
trainer = Trainer(model, args, train_dataset=Enzymes("train.tsv"), eval_dataset=Enzymes("valid.tsv"), compute_metrics=metrics)
trainer.train()
