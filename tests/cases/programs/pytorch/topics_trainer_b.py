import argparse

from datasets import load_dataset
from transformers import AutoTokenizer, BertForSequenceClassification, Trainer, TrainingArguments, set_seed

parser = argparse.ArgumentParser()
parser.add_argument("--model", default="bert-base-cased")
parser.add_argument("--epochs", type=float, default=2)
parser.add_argument("--lr", type=float, default=2e-5)
parser.add_argument("--batch", type=int, default=32)
parser.add_argument("--out", default="agnews")
cli = parser.parse_args()
set_seed(13)

tok = AutoTokenizer.from_pretrained(cli.model)
ds = load_dataset("ag_news")
ds = ds.map(lambda b: tok(b["text"], truncation=True, padding="max_length", max_length=96), batched=True)
held_out = ds["train"].train_test_split(test_size=0.05, seed=13)

model = BertForSequenceClassification.from_pretrained(cli.model, num_labels=4)

args = TrainingArguments(
    cli.out,
    num_train_epochs=cli.epochs,
    learning_rate=cli.lr,
    per_device_train_batch_size=cli.batch,
    per_device_eval_batch_size=64,
    warmup_steps=500,
    fp16=True,
    logging_steps=50,
    eval_strategy="steps",
    eval_steps=500,
)
trainer = Trainer(model=model, args=args, train_dataset=held_out["train"], eval_dataset=held_out["test"])
trainer.train()
trainer.save_model()
