# ruff: noqa: E501
"""What people say, in words other than those that the knowledge lists, and what they mean by it.

Each row is a sentence, what must be understood of it, and what may be understood beside that. ``FINDING=STATE/STATE``
holds if the finding is understood and no state but these is left.
"""

from __future__ import annotations

from typing import NamedTuple


class Said(NamedTuple):
    """A sentence and what it means."""

    text: str
    means: str
    may: str = ""


TOLD = [
    Said("my loss went to nan after about 2k iterations", "nan_onset=sudden/after_growth/first_step"),
    Said("Training was fine at first, then all of a sudden the loss turned into NaN", "nan_onset=sudden"),
    Said("I'm getting NaN losses right from the very first batch", "nan_onset=first_step"),
    Said("the loss grows and grows until it hits infinity and then everything is nan", "nan_onset=after_growth",
         "train_loss_trend=diverging"),
    Said("only the val_loss comes out as nan, training loss is fine", "nan_onset=validation_only"),
    Said("The loss just won't go down no matter what I do", "train_loss_trend=flat_from_start"),
    Said("network isn't learning anything at all", "train_loss_trend=flat_from_start"),
    Said("loss has been stuck since the beginning", "train_loss_trend=flat_from_start/plateau"),
    Said("after a while the training loss flattens out at a high value", "train_loss_trend=plateau"),
    Said("My loss is bouncing up and down like crazy", "train_loss_trend=oscillating"),
    Said("the training loss skyrockets within a few steps", "train_loss_trend=diverging",
         "failure_time=first_steps"),
    Said("I see sudden spikes in the loss but it always recovers", "train_loss_trend=spikes_that_heal"),
    Said("It trained well for 100 epochs and then the loss suddenly jumped and never recovered",
         "train_loss_trend=jump_then_plateau", "training_length=thousands_of_updates, failure_time=after_long_progress"),
    Said("the exact same loss is printed every single epoch", "train_loss_trend=exactly_constant"),
    Said("accuracy stays at 50% for binary classification", "loss_signature=at_chance; task=classification"),
    Said("The loss is 0.693 and doesn't move", "loss_signature=at_chance", "train_loss_trend=flat_from_start"),
    Said("loss is negative, how can that be?", "loss_signature=negative"),
    Said("Training loss immediately falls to 0.0", "loss_signature=exactly_zero", "speed_of_descent=suspiciously_fast"),
    Said("I think I'm overfitting badly", "validation_against_train=rises_while_train_falls"),
    Said("validation loss starts to climb while the training loss continues to fall",
         "validation_against_train=rises_while_train_falls"),
    Said("val accuracy is way higher than training accuracy", "validation_against_train=better_than_train"),
    Said("The val loss is jumping around a lot from epoch to epoch", "val_loss_course=erratic"),
    Said("the network outputs the same prediction for all inputs", "predictions_look=same_for_every_input"),
    Said("my classifier only ever predicts the majority class", "predictions_look=majority_class_only"),
    Said("convergence is really slow", "speed_of_descent=very_slow"),
    Said("the loss goes down very slowly", "speed_of_descent=very_slow"),
    Said("loss is falling but accuracy isn't improving", "metric_against_loss=loss_falls_metric_stuck"),
    Said("grad norm explodes before the loss does", "grad_norm_course=grows_before_failure", "train_loss_trend=diverging"),
    Said("The gradients seem to vanish", "grad_norm_course=tiny"),
    Said("all of my gradients are zero", "grad_norm_course=zero", "gradients_by_layer=zero_everywhere"),
    Said("It blew up at the end of the first epoch", "failure_coincides_with=epoch_boundary",
         "failure_time=early, train_loss_trend=diverging"),
    Said("When I resume from a checkpoint the loss jumps", "failure_coincides_with=restart", "start_point=resumed"),
    Said("there is a loss spike at the beginning of each epoch", "spike_timing=once_per_epoch",
         "train_loss_trend=spikes_that_heal"),
    Said("I train with AdamW, lr 3e-4, batch size of 64 and bf16",
         "optimizer=adamw; learning_rate_size=usual; batch_size=ordinary; precision=bf16"),
    Said("using plain SGD without momentum, learning rate 0.01", "optimizer=sgd; learning_rate_size=usual/above_usual"),
    Said("ResNet-50 fine-tuned from ImageNet weights in PyTorch with mixed precision",
         "network_kind=convolutional; initialization=pretrained; framework=pytorch; precision=fp16_amp",
         "network_depth=deeper, training_set_size=tens_of_thousands_or_more"),
    Said("a small LSTM in Keras, trained with rmsprop", "network_kind=recurrent; framework=keras_tensorflow; optimizer=rmsprop"),
    Said("I don't use any dropout or weight decay", "dropout=not_used; weight_decay=zero", "regularization=not_used"),
    Said("there's no normalization of the inputs, raw pixels go in", "input_scaling=raw"),
    Said("We do not clip gradients", "gradient_clipping=not_used"),
    Said("no warm-up, constant lr", "warmup=not_used; learning_rate_schedule=constant"),
    Said("the data set is heavily unbalanced", "class_balance=extreme/uneven"),
    Said("I tried a smaller learning rate but it made no difference", "lower_rate_tenfold=no_effect"),
    Said("Lowering the learning rate solved it", "lower_rate_tenfold=prevents"),
    Said("Tried gradient clipping, still nan", "clip_gradients=no_effect", "nan_onset=first_step/sudden/after_growth"),
    Said("I tried switching to SGD, same problem", "swap_optimizer_for_sgd=no_effect"),
    Said("In fp32 it works", "run_in_fp32=prevents"),
    Said("there are no NaNs in my data", "scan_inputs_for_nan=clean"),
    Said("the loss never becomes nan", "nan_onset=none"),
    Said("the gradients aren't exploding", "grad_norm_course=unremarkable/small_for_long_then_jump/large_from_start/tiny/zero/not_finite_first"),
    Said("loss is nan after 3 epochs, adam, relu, fp16",
         "nan_onset=sudden/after_growth/first_step; optimizer=adam; hidden_activation=relu; precision=fp16_amp",
         "failure_time=early"),
    Said("I forgot to call optimizer.zero_grad()", "gradients_reset=not_reset"),
    Said("images are divided by 255 and I use crossentropy", "input_scaling=zero_to_one; loss_function=cross_entropy_on_logits/cross_entropy_on_probabilities"),
    Said("YOLO training on my own dataset, box loss is nan while the others are fine", "task=detection; failing_component=one_first",
         "network_kind=convolutional, last_change=data, code_origin=modified_published"),
    Said("Fully connected net with sigmoid hidden layers", "network_kind=dense; hidden_activation=saturating"),
    Said("gradient overflow, loss scale keeps halving to 0", "loss_scale_course=collapses", "grad_norm_course=not_finite_first"),
    Said("I cant even overfit a single batch", "overfit_tiny_set=stays_high"),
    Said("the weights dont change after an update", "weights_change=none_change"),
    Said("Runs fine on CPU but not on the GPU", "run_elsewhere=works_there", "devices=cpu"),
    Said("We train on 8 GPUs with DDP and LoRA adapters", "devices=several_gpus; trained_part=head_or_adapter_only", "task=language_model"),
]  # fmt: skip

UNRELATED = [
    "please help me I am lost",
    "hello, is anybody there?",
    "I have no idea what I am doing",
    "Adam and Eve lived in a garden",
    "my friend Adam bought a flat early this year",
    "The weather was bad and the train was late",
    "After a long time I finally got home",
    "thanks for your answer, that is very kind",
    "we ate lamb and drank a large coffee at the cafe",
    "The lion sleeps tonight",
    "he is at a loss for words",
    "prices went up again at the market",
    "Pay attention to the reward at the end of the day",
    "I was stuck in traffic for hours",
    "what should I do now?",
    "It is too good to be true",
    "the dense forest was full of spikes and masks",
    "Can you recommend a good book on gardening?",
    "asdf qwerty lorem ipsum dolor sit amet",
    "100% of the people agree, no difference",
]
