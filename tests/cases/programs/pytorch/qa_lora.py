from dataclasses import dataclass, field

import torch
from datasets import load_dataset
from peft import LoraConfig, TaskType, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    HfArgumentParser,
    Trainer,
    TrainingArguments,
)


@dataclass
class ScriptArguments:
    model_name: str = field(default="EleutherAI/pythia-410m")
    data: str = field(default="squad")
    max_length: int = field(default=512)
    lora_r: int = field(default=16)
    lora_alpha: int = field(default=32)
    lora_dropout: float = field(default=0.05)


PROMPT = "Context: {context}\nQuestion: {question}\nAnswer:"


def make_encoder(tokenizer, max_length):
    def encode(row):
        prompt = tokenizer(PROMPT.format(**row), add_special_tokens=False)["input_ids"]
        answer = tokenizer(" " + row["answers"]["text"][0], add_special_tokens=False)["input_ids"]
        answer = answer + [tokenizer.eos_token_id]
        prompt = prompt[-(max_length - len(answer)) :]
        ids = prompt + answer
        return {"input_ids": ids, "attention_mask": [1] * len(ids), "labels": [-100] * len(prompt) + answer}

    return encode


def main():
    parser = HfArgumentParser((ScriptArguments,))
    (script,) = parser.parse_args_into_dataclasses()

    tokenizer = AutoTokenizer.from_pretrained(script.model_name)
    tokenizer.pad_token = tokenizer.eos_token
    raw = load_dataset(script.data)
    encode = make_encoder(tokenizer, script.max_length)
    columns = raw["train"].column_names
    train = raw["train"].map(encode, remove_columns=columns)
    valid = raw["validation"].select(range(2000)).map(encode, remove_columns=columns)

    model = AutoModelForCausalLM.from_pretrained(script.model_name, torch_dtype=torch.bfloat16)
    model.config.use_cache = False
    lora = LoraConfig(
        task_type=TaskType.CAUSAL_LM,
        r=script.lora_r,
        lora_alpha=script.lora_alpha,
        lora_dropout=script.lora_dropout,
        target_modules=["query_key_value"],
    )
    model = get_peft_model(model, lora)
    model.print_trainable_parameters()

    args = TrainingArguments(
        output_dir="pythia-squad",
        per_device_train_batch_size=8,
        per_device_eval_batch_size=16,
        gradient_accumulation_steps=4,
        learning_rate=2e-4,
        lr_scheduler_type="cosine",
        warmup_ratio=0.03,
        num_train_epochs=2,
        max_grad_norm=1.0,
        bf16=True,
        logging_steps=20,
        eval_strategy="steps",
        eval_steps=500,
        save_steps=500,
        report_to="none",
    )
    trainer = Trainer(
        model=model,
        args=args,
        train_dataset=train,
        eval_dataset=valid,
        data_collator=DataCollatorForSeq2Seq(tokenizer, padding=True, label_pad_token_id=-100),
    )
    trainer.train()
    print(trainer.evaluate())
    model.save_pretrained("pythia-squad/adapter")


if __name__ == "__main__":
    main()
