import math

import evaluate
import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from datasets import load_dataset
from torch.utils.data import DataLoader
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DataCollatorWithPadding,
    get_scheduler,
)

CHECKPOINT = "distilroberta-base"
NUM_EPOCHS = 3
GRAD_ACC = 4


def main():
    set_seed(17)
    accelerator = Accelerator(gradient_accumulation_steps=GRAD_ACC)
    raw = load_dataset("glue", "mrpc")
    tokenizer = AutoTokenizer.from_pretrained(CHECKPOINT)

    def tokenize(rows):
        return tokenizer(rows["sentence1"], rows["sentence2"], truncation=True)

    with accelerator.main_process_first():
        tokenized = raw.map(tokenize, batched=True, remove_columns=["sentence1", "sentence2", "idx"])
    tokenized = tokenized.rename_column("label", "labels")
    collator = DataCollatorWithPadding(tokenizer)
    train_dl = DataLoader(tokenized["train"], shuffle=True, batch_size=8, collate_fn=collator)
    eval_dl = DataLoader(tokenized["validation"], batch_size=32, collate_fn=collator)

    model = AutoModelForSequenceClassification.from_pretrained(CHECKPOINT, num_labels=2)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-5, weight_decay=0.01)
    model, optimizer, train_dl, eval_dl = accelerator.prepare(model, optimizer, train_dl, eval_dl)

    updates = NUM_EPOCHS * math.ceil(len(train_dl) / GRAD_ACC)
    scheduler = get_scheduler(
        "linear", optimizer, num_warmup_steps=int(0.06 * updates), num_training_steps=updates
    )
    metric = evaluate.load("glue", "mrpc")

    for epoch in range(NUM_EPOCHS):
        model.train()
        for batch in train_dl:
            with accelerator.accumulate(model):
                loss = model(**batch).loss
                accelerator.backward(loss)
                if accelerator.sync_gradients:
                    accelerator.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                if accelerator.sync_gradients:
                    scheduler.step()
                optimizer.zero_grad()

        model.eval()
        for batch in eval_dl:
            with torch.no_grad():
                logits = model(**batch).logits
            preds, refs = accelerator.gather_for_metrics((logits.argmax(dim=-1), batch["labels"]))
            metric.add_batch(predictions=preds, references=refs)
        accelerator.print(f"epoch {epoch}:", metric.compute())


if __name__ == "__main__":
    main()
