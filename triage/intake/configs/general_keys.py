"""Keys that scripts of nobody in particular give to the settings of a training, in files of any nesting."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["ANYWHERE", "BESIDE_A_RATE", "ELSEWHERE", "NETWORKS", "RATES", "TASKS", "WORDS"]

RATES = (
    "learning_rate",
    "lr",
    "base_lr",
    "initial_lr",
    "init_lr",
    "peak_lr",
    "lr_max",
    "max_lr",
    "initial_learning_rate",
)

ANYWHERE: Mapping[str, tuple[str, ...]] = {
    "learning_rate": RATES,
    "batch_size": ("batch_size", "train_batch_size", "batchsize", "batch_size_per_gpu", "per_device_train_batch_size",
                   "per_gpu_train_batch_size", "per_device_batch_size", "samples_per_gpu", "local_batch_size",
                   "micro_batch_size", "device_batch_size", "batch_size_train", "training_batch_size"),
    "accumulation_steps": ("gradient_accumulation_steps", "accumulate_grad_batches", "accumulation_steps",
                           "grad_accum_steps", "grad_accumulation_steps", "accum_iter", "accum_steps", "update_freq",
                           "gradient_accumulation", "grad_accum", "accumulate_grad_steps", "n_accumulate"),
    "weight_decay": ("weight_decay", "weightdecay", "l2_weight_decay"),
    "beta1": ("beta1", "adam_beta1", "beta_1"),
    "beta2": ("beta2", "adam_beta2", "beta_2"),
    "epsilon": ("adam_epsilon", "adam_eps", "opt_eps", "optimizer_eps"),
    "epochs": ("epochs", "num_epochs", "max_epochs", "n_epochs", "total_epochs", "max_epoch", "nepochs", "num_epoch",
               "train_epochs", "num_train_epochs", "max_train_epochs", "total_epoch", "training_epochs", "nb_epochs"),
    "max_steps": ("max_steps", "max_iters", "num_steps", "total_steps", "max_iter", "train_steps", "num_iterations",
                  "max_train_steps", "total_iters", "num_train_steps", "training_steps", "n_iters", "num_iters",
                  "total_iter", "max_updates", "total_iterations", "train_iters", "n_iterations", "training/steps"),
    "warmup_steps": ("warmup_steps", "warmup_iters", "num_warmup_steps", "lr_warmup_steps", "warmup_updates",
                     "n_warmup_steps", "warmup_iter", "warm_up_steps", "lr_warmup_iters", "warmup_iterations"),
    "warmup_ratio": ("warmup_ratio", "warmup_proportion", "warmup_fraction", "lr_warmup_fraction", "warmup_pct"),
    "clip_norm": ("grad_clip", "max_grad_norm", "gradient_clip_val", "clip_grad_norm", "grad_clip_norm", "clip_norm",
                  "gradient_clipping", "gradient_clip", "clip_grad", "grad_norm_clip", "max_gradient_norm",
                  "gradient_clip_norm", "clip_gradient_norm", "grad_max_norm", "clip_max_norm", "training/max_norm"),
    "clip_value": ("clip_grad_value", "grad_clip_value", "clip_value", "gradient_clip_value"),
    "decay_steps": ("lr_decay_iters", "lr_decay_steps"),
    "dropout": ("dropout", "dropout_rate", "drop_rate", "dropout_prob", "dropout_p", "hidden_dropout_prob", "p_dropout",
                "dropout_ratio", "dropout_probability", "drop"),
    "classes": ("num_classes", "n_classes", "nb_classes", "num_class", "n_class", "number_of_classes", "nclass"),
    "samples": ("num_train_samples", "train_samples", "n_train_samples", "num_training_samples"),
    "hidden_units": ("hidden_size", "hidden_dim", "hidden_units", "n_hidden", "num_hidden_units"),
}  # fmt: skip
"""Name of a number -> keys that can hold nothing else, those behind ``training/`` in a section of that name."""

BESIDE_A_RATE: Mapping[str, tuple[str, ...]] = {
    "momentum": ("momentum", "sgd_momentum"),
    "epsilon": ("eps", "epsilon"),
}
"""Keys that batch norm and others have too: they count beside a rate, or under the name of an optimizer."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "optimizer": ("optimizer", "optim", "optimizer_name", "optimizer_type", "opt", "optim_name", "optimiser",
                  "optimizer_class", "optim_type"),
    "schedule": ("lr_scheduler", "scheduler", "lr_schedule", "sched", "lr_scheduler_type", "lr_policy", "schedule",
                 "lr_decay_style", "scheduler_name", "scheduler_type", "lr_scheduler_name", "lr_decay_type", "lr_mode"),
    "loss": ("loss", "criterion", "loss_fn", "loss_function", "loss_type", "loss_name", "loss_func"),
    "activation": ("activation", "hidden_activation", "act", "activation_fn", "nonlinearity", "act_layer", "act_fn",
                   "activation_function", "hidden_act", "activation_name", "non_linearity", "act_func"),
    "norm": ("norm", "normalization", "norm_layer", "norm_type", "normalisation"),
    "model": ("model", "arch", "architecture", "model_name", "model_type", "backbone", "network", "net", "encoder"),
    "task": ("task", "task_type", "problem_type"),
}  # fmt: skip
"""Kind of a word -> keys that hold one, themselves or in a mapping under ``name`` or ``type``."""

ELSEWHERE = frozenset(
    {
        "val", "valid", "dev", "validation", "test", "eval", "evaluation", "inference", "infer", "predict", "ema",
        "logger", "logging", "callbacks", "wandb", "discriminator", "critic", "tokenizer", "eval_kwargs", "testing",
        "sampling",
        "val_loader", "test_loader", "val_dataloader", "test_dataloader", "eval_dataloader", "valid_loader",
        "profiler", "checkpoint", "teacher", "hydra", "sweep", "search_space", "parameters", "vae", "text_encoder",
    }
)  # fmt: skip
"""Sections whose values are not those of the training."""

NETWORKS = (
    (r"resnet|resnext|vgg|alexnet|(?<![a-z])(?:lenet|unet|u_net|fcn|ssd|tcn|regnet)(?![a-z])|inception|mobilenet|"
     r"densenet|efficientnet|convnext|yolo|cnn|conv|squeezenet|shufflenet|xception|deeplab|retinanet|darknet",
     "convolutional"),
    (r"lstm|gru|(?:^|_)rnn|seq2seq|crnn", "recurrent"),
    (r"transformer|bert|gpt|llama|mistral|qwen|gemma|(?:^|_)vit|deit|swin|(?:^|_)t5|opt_|bloom|wav2vec|whisper|bart|"
     r"phi_|falcon|electra|deepseek", "transformer"),
    (r"(?:^|_)(?:gcn|gat|gnn|gin|mamba|nerf|graphsage|capsnet|schnet|rwkv)", "other"),
    (r"(?:^|_)(?:mlp|ffn|dnn|fcnn)(?:$|_)", "dense"),
)  # fmt: skip
"""Pattern of the name of a network -> its kind; the first that fits."""

TASKS: Mapping[str, str] = {
    **dict.fromkeys(("classification", "classify", "image_classification", "binary_classification", "multiclass",
                     "text_classification"), "classification"),
    **dict.fromkeys(("regression", "forecasting"), "regression"),
    **dict.fromkeys(("segmentation", "semantic_segmentation", "segment"), "segmentation"),
    **dict.fromkeys(("detection", "object_detection", "detect"), "detection"),
    **dict.fromkeys(("language_modeling", "causal_lm", "translation", "language_model"), "language_model"),
    **dict.fromkeys(("asr", "speech_recognition", "ocr"), "sequence_alignment"),
}  # fmt: skip
