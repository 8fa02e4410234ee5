import torch
from accelerate import Accelerator
from torch.utils.data import DataLoader
from transformers import AutoModelForCausalLM, AutoTokenizer, get_linear_schedule_with_warmup

NAME = "distilgpt2"
MAX_LENGTH, BATCH, EPOCHS = 256, 8, 3

tokenizer = AutoTokenizer.from_pretrained(NAME)
tokenizer.pad_token = tokenizer.eos_token
model = AutoModelForCausalLM.from_pretrained(NAME, torch_dtype=torch.float32)


def read(path):
    with open(path, encoding="utf-8") as file:
        return [block.strip() + tokenizer.eos_token for block in file.read().split("\n\n\n") if block.strip()]


def collate(texts):
    enc = tokenizer(texts, truncation=True, max_length=MAX_LENGTH, padding=True, return_tensors="pt")
    enc["labels"] = enc["input_ids"].masked_fill(enc["attention_mask"] == 0, -100)
    return enc


train_loader = DataLoader(read("recipes_train.txt"), batch_size=BATCH, shuffle=True, collate_fn=collate)
eval_loader = DataLoader(read("recipes_eval.txt"), batch_size=BATCH, collate_fn=collate)
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-5, weight_decay=0.01)
steps = EPOCHS * len(train_loader)
scheduler = get_linear_schedule_with_warmup(optimizer, steps // 10, steps)

accelerator = Accelerator()
model, optimizer, train_loader, eval_loader, scheduler = accelerator.prepare(
    model, optimizer, train_loader, eval_loader, scheduler
)

for epoch in range(EPOCHS):
    model.train()
    for step, batch in enumerate(train_loader):
        loss = model(**batch).loss
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        if step % 100 == 0:
            accelerator.print(f"epoch {epoch} step {step} loss {loss.item():.3f}")
    model.eval()
    losses = []
    for batch in eval_loader:
        with torch.no_grad():
            losses.append(accelerator.gather(model(**batch).loss.repeat(BATCH)))
    mean = torch.cat(losses).float().mean()
    accelerator.print(f"epoch {epoch}: perplexity {mean.exp().item():.2f}")

accelerator.wait_for_everyone()
accelerator.unwrap_model(model).save_pretrained("recipes-gpt2", save_function=accelerator.save)
