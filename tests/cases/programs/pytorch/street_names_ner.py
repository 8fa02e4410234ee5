import json

import numpy as np
import torch
from torch.utils.data import Dataset
from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    DataCollatorForTokenClassification,
    EarlyStoppingCallback,
    Trainer,
    TrainingArguments,
)

BASE = "xlm-roberta-base"
TAGS = ["O", "B-STREET", "I-STREET", "B-TOWN", "I-TOWN"]
tokenizer = AutoTokenizer.from_pretrained(BASE)


class Addresses(Dataset):
    """JSON lines with the words of a letter head and a tag for each of them."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.rows = [json.loads(line) for line in f]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        row = self.rows[i]
        enc = tokenizer(row["words"], is_split_into_words=True, truncation=True, max_length=96)
        labels, before = [], None
        for word in enc.word_ids():
            fresh = word is not None and word != before
            labels.append(TAGS.index(row["tags"][word]) if fresh else -100)
            before = word
        return {**enc, "labels": labels}


class WeighedTrainer(Trainer):
    weights = torch.tensor([0.3, 1.0, 1.0, 1.0, 1.0])

    def compute_loss(self, model, inputs, return_outputs=False, **kwargs):
        labels = inputs.pop("labels")
        outputs = model(**inputs)
        loss = torch.nn.functional.cross_entropy(
            outputs.logits.flatten(0, 1), labels.flatten(), weight=self.weights.to(labels.device), ignore_index=-100
        )
        return (loss, outputs) if return_outputs else loss


def metrics(p):
    guess, truth = p.predictions.argmax(-1), p.label_ids
    named = truth > 0
    return {"recall": float(np.mean(guess[named] == truth[named])), "accuracy": float(np.mean((guess == truth)[truth >= 0]))}


args = TrainingArguments(
    output_dir="addresses",
    learning_rate=3e-5,
    per_device_train_batch_size=32,
    num_train_epochs=6,
    warmup_steps=200,
    weight_decay=0.01,
    eval_strategy="epoch",
    save_strategy="epoch",
    load_best_model_at_end=True,
    metric_for_best_model="recall",
    report_to="none",
)
trainer = WeighedTrainer(
    model=AutoModelForTokenClassification.from_pretrained(BASE, num_labels=len(TAGS)),
    args=args,
    train_dataset=Addresses("heads_train.jsonl"),
    eval_dataset=Addresses("heads_dev.jsonl"),
    data_collator=DataCollatorForTokenClassification(tokenizer),
    compute_metrics=metrics,
    callbacks=[EarlyStoppingCallback(2)],
)
trainer.train()
