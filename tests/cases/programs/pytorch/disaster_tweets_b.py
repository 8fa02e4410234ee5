import numpy as np
import pandas as pd
import torch
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, RandomSampler, SequentialSampler, TensorDataset
from transformers import BertForSequenceClassification, BertTokenizer, get_linear_schedule_with_warmup

device = torch.device("cuda")
df = pd.read_csv("nlp-getting-started/train.csv")
tokenizer = BertTokenizer.from_pretrained("bert-base-uncased")


def encode(texts, targets):
    enc = tokenizer(list(texts), padding="max_length", truncation=True, max_length=84, return_tensors="pt")
    return TensorDataset(enc["input_ids"], enc["attention_mask"], torch.tensor(np.array(targets)))


tr, va = train_test_split(df, test_size=0.1, stratify=df.target, random_state=2020)
train_dataset, val_dataset = encode(tr.text, tr.target), encode(va.text, va.target)
batch_size = 32
train_dataloader = DataLoader(train_dataset, sampler=RandomSampler(train_dataset), batch_size=batch_size)
validation_dataloader = DataLoader(val_dataset, sampler=SequentialSampler(val_dataset), batch_size=batch_size)

model = BertForSequenceClassification.from_pretrained("bert-base-uncased", num_labels=2)
model.to(device)

optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5, eps=1e-8)
epochs = 4
total_steps = len(train_dataloader) * epochs
scheduler = get_linear_schedule_with_warmup(optimizer, num_warmup_steps=20, num_training_steps=total_steps)

for epoch_i in range(epochs):
    print(f"======== Epoch {epoch_i + 1} / {epochs} ========")
    total_train_loss = 0
    model.train()
    for step, batch in enumerate(train_dataloader):
        b_input_ids, b_input_mask, b_labels = (t.to(device) for t in batch)
        model.zero_grad()
        out = model(b_input_ids, attention_mask=b_input_mask, labels=b_labels)
        total_train_loss += out.loss.item()
        out.loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
    print("  Average training loss: {0:.2f}".format(total_train_loss / len(train_dataloader)))

    model.eval()
    right = 0
    for batch in validation_dataloader:
        b_input_ids, b_input_mask, b_labels = (t.to(device) for t in batch)
        with torch.no_grad():
            logits = model(b_input_ids, attention_mask=b_input_mask).logits
        right += (logits.argmax(dim=1) == b_labels).sum().item()
    print("  Validation accuracy: {0:.3f}".format(right / len(val_dataset)))
