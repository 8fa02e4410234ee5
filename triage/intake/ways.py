"""Ways of writing one thing, and expressions whose words do not mean what they mean elsewhere: tables only.

Words are compared by their stems, so one inflection of each is enough; articles inside an entry need not be written.
"""

from __future__ import annotations

__all__ = ["CONCEPTS", "IDIOMS"]

CONCEPTS: dict[str, str] = {
    "val_loss": (
        "validation loss, val loss, test loss, eval loss, evaluation loss, dev loss, valid loss"
        ", loss on validation, loss on validation set, loss on val, loss on test, loss on test set"
        ", validation error, test error, val error, validation cost, loss of validation, holdout loss"
    ),
    "train_loss": (
        "training loss, train loss, loss on training, loss on training set, training error, training cost"
        ", loss on train"
    ),
    "val_accuracy": (
        "validation accuracy, val accuracy, val acc, test accuracy, test acc, eval accuracy, dev accuracy"
        ", accuracy on validation, accuracy on validation set, accuracy on test, accuracy on test set"
        ", validation acc"
    ),
    "train_accuracy": (
        "training accuracy, train accuracy, train acc, accuracy on training, accuracy on training set"
        ", training acc, accuracy on train"
    ),
    "loss": (
        "loss, losses, cost function value, objective value, error value, loss value, loss curve, loss function value"
    ),
    "accuracy": "accuracy, acc, accuracies",
    "val": (
        "validation, val, test, eval, evaluation, testing, holdout, held out, dev set, validation set"
        ", test set, validation data, test data"
    ),
    "lr": (
        "lr, learning rate, learn rate, step size, initial learning rate, base lr, base learning rate, learningrate"
    ),
    "grad": "gradient, grad, grads",
    "grad_norm": "gradient norm, grad norm, norm of gradient, norm of grad, gradients norm, global norm",
    "loss_scale": "loss scale, loss scaler, grad scale, scaler scale",
    "batch_size": "batch size, batchsize, mini batch size, minibatch size, batch sizes, bs",
    "batch_norm": "batch norm, batchnorm, batch normalization, batchnorm layer, bn, bn layer",
    "layer_norm": "layer norm, layernorm, layer normalization",
    "group_norm": "group norm, groupnorm, group normalization",
    "weight_decay": "weight decay, weightdecay, wd",
    "early_stopping": "early stopping, earlystopping",
    "mixed_precision": "mixed precision, mixed precision training, automatic mixed precision",
    "dropout": "dropout, dropout layer, dropout rate, drop out layer, drop out rate",
    "cross_entropy": "cross entropy, crossentropy, cross entropy loss, xent",
    "leaky_relu": "leaky relu, leakyrelu, lrelu",
    "model": "model, network, net, neural network, neural net, networks, nnet",
    "become": "become, turn, turn into, turn to, turn out",
    "nan": "nan, nans",
    "inf": "inf, infinity, infinite, infs",
    "explode": (
        "explode, explosion, blow up, diverge, divergence, divergent, go through the roof, skyrocket"
        ", shoot to the sky, shoot through the roof, run away, go crazy, spiral out of control"
        ", get out of control, grow without bound, go off to infinity"
    ),
    "decrease": (
        "decrease, fall, drop, decline, go down, come down, reduce, go lower, get lower, lessen, descend"
        ", get smaller, become smaller, go downhill, diminish, shrink"
    ),
    "increase": (
        "increase, rise, grow, climb, go up, creep up, go higher, get higher, get bigger, get larger"
        ", become bigger, become larger, go back up, come back up, creep back up, raise, move up"
    ),
    "higher": "higher, larger, bigger, greater, more than, >",
    "lower": "lower, smaller, less than, <",
    "jump": "jump, shoot up, leap, surge",
    "spike": "spike, peak, bump",
    "oscillate": (
        "oscillate, fluctuate, bounce, bounce around, bounce up and down, jump around, up and down"
        ", go up and down, swing, zigzag, zig zag, all over the place, wobble, jump up and down, jump about"
        ", bounce back and forth, jumpy, swing up and down, swing wildly, fluctuate wildly, oscillate wildly"
    ),
    "plateau": (
        "plateau, stagnate, stagnation, stagnant, level off, level out, flatten, flatten out, flatline"
        ", hit a plateau, reach a plateau, flattens off"
    ),
    "stuck": "stuck, get stuck, stay stuck, stall, freeze at, hang at",
    "constant": "constant, unchanged, unchanging, stay unchanged",
    "same": "same, identical, exact same",
    "stay": "stay, remain, keep, sit, hover, continue, linger, stick",
    "slow": (
        "slow, slowly, sluggish, take ages, take forever, takes very long, take so long, take too long"
        ", at a crawl, crawl, painfully slow, awfully slow, terribly slow"
    ),
    "fast": "fast, quickly, rapidly, quick, rapid",
    "suddenly": (
        "suddenly, sudden, abruptly, abrupt, all of a sudden, out of nowhere, out of the blue"
        ", without warning, from one step to the next"
    ),
    "immediately": "immediately, right away, at once, straight away, instantly, instant, straightaway",
    "huge": (
        "huge, enormous, massive, gigantic, very large, very big, very high, extremely large, extremely high"
        ", really high, really big, insanely high, insanely large, astronomical"
        ", super high, giant"
    ),
    "tiny": (
        "tiny, very small, extremely small, too small, super small, minuscule, very low, extremely low"
        ", too low, really small, minute"
    ),
    "near_zero": (
        "near zero, almost zero, close to zero, nearly zero, practically zero, basically zero, almost 0"
        ", close to 0, near 0, nearly 0, vanishingly small"
    ),
    "zero": "zero, zeros, zeroes",
    "log_zero": "log 0, log zero, log of zero, log of 0",
    "zero_division": "division by zero, divide by zero, division by 0, divide by 0",
    "large": "large, big, high",
    "small": "small, low, little",
    "start": "start, beginning, begin, outset, get go, very beginning, very start",
    "end": "end, finish",
    "iteration": "iteration, iter, iters, step",
    "learn": "learn, learn anything, learn something",
    "train": "train, training",
    "predict": "predict, prediction, output, outputs, outputted, spit out",
    "class": "class, category, categories",
    "pixel": "pixel, voxel",
    "unet": "unet, u net",
    "image": "image, picture, photo, img, imgs, pictures",
    "sample": "sample, example, instance, data point, datapoint, training sample, training example",
    "dataset": "dataset, data set, datasets",
    "fine_tuning": "fine tuning, finetuning, fine tune, finetune, fine tuned",
    "pretrained": "pretrained, pre trained, pretraining weights",
    "overfitting": "overfitting, overfit, over fitting, over fit, overfitted",
    "imbalance": "imbalance, imbalanced, unbalanced",
    "unnormalized": "unnormalized, unscaled",
    "improve": "improve, get better, improvement, become better",
    "worse": "worse, get worse, become worse, worsen, deteriorate, degrade",
    "better": "better",
    "chance": (
        "chance, random guessing, random guess, guessing, pure guess, coin flip, chance level, random chance"
        ", random choice, guess"
    ),
    "vanish": "vanish, disappear",
    "barely": "barely, hardly, scarcely, almost not, hardly ever, barely even",
    "every": "every, each, every single, once per, once every, once an, once each, exactly once per",
    "one": "one, single",
    "converge": "converge, convergence",
    "schedule": "schedule, scheduler",
    "checkpoint": "checkpoint, ckpt, snapshot",
    "resume": "resume, restore",
    "restart": "restart, re start",
    "gpu": "gpu, graphics card",
    "clipping": (
        "clip, clipping, gradient clipping, clip gradient, clip grad, grad clipping, gradient norm clipping"
        ", clip gradient norm, clip grad norm, clip norm of gradient, clipping of gradient, norm clipping"
    ),
    "warmup": "warmup, warm up",
    "shuffle": "shuffle, reshuffle",
    "regularization": "regularization, regularize, regularizer",
    "optimizer": "optimizer, optimiser, optimizers",
    "duplicate": "duplicate, duplicated",
    "outlier": "outlier, outliers",
    "help": (
        "help, fix, fix it, solve, cure, resolve, do the trick, go away, went away, problem gone"
        ", make it work, made it work, get rid of it, got rid of it, help either, save it, prevent, prevent it"
        ", prevent this, avoid it, stop it, problem disappears, nan disappears, nan is gone, trouble is gone"
        ", problem is gone, issue is gone, close gap, do anything, be of any use, do thing, matter, change thing"
    ),
    "work": (
        "work, works fine, work well, works ok, run fine, run well, train fine, train well, works perfectly"
        ", train normally, train without trouble, train without problems, run without problems, no such problem"
        ", no problem, does not do this, do not do this, did not do this, don't do this, doesn't do this"
        ", does not show this, do not show this, doesn't show this, does not happen, do not happen, didn't happen"
        ", doesn't happen, is not affected, is stable, are stable, runs stably, trains stably, everything is good"
        ", it is fine, it was fine, it's fine, is fine now, was fine then"
        ", everything is fine, all is fine, everything works, runs through, learn well, learn normally, behave well"
    ),
    "difference": "difference, effect, luck, avail, success, impact",
    "fail": (
        "fail, still fails, persist, problem remains, problem stays, same problem, same issue, same thing"
        ", same result, same error, same behaviour, same behavior, in vain, same happens, same outcome, no better"
        ", also nan, nan as well, nan too, also give nan, it is the same, stay same, no success"
    ),
    "fp32": "fp32, float32, single precision",
    "fp16": "fp16, float16",
    "initialization": "initialization, init, initialize, initializer",
    "both_losses": (
        "both losses, train and val loss, training and validation loss, train and validation loss"
        ", training and val loss, train and test loss, training and test loss, train loss and val loss"
        ", training loss and validation loss"
    ),
    "he_init": "he init, he initialization, he normal, he uniform",
    "already": "already",
    "later": "later, postpone, delay",
    "not": (
        "not, never, cannot, can not, no longer, not yet, fail to, fails to, failed to, failing to, refuse to"
        ", refuses to, refused to, unable to, dont, doesnt, isnt, arent, wasnt, wont, cant, didnt, hasnt"
        ", havent, couldnt, wouldnt, not even, not any longer, nor, neither, not at all, not really"
        ", forget, forgot, forgotten, forget to, forgot to, forgotten to"
    ),
    "no": (
        "no, without, w/o, none, none of, instead of, rather than, lack of, lacking, absence of, nothing, no sign of"
    ),
    "disabled": (
        "disabled, disable, turn off, turned off, switch off, switched off, disabling, is off, are off"
        ", was off, were off, set to off"
    ),
}
"""Name of a concept -> ways of writing it."""

IDIOMS = (
    "no idea, not sure, do not know, don't know, dont know, don't understand, do not understand"
    ", dont understand, no clue, don't get why, can't figure out, cannot figure out, no matter"
    ", no problem at all, not clear, i can't see why, pay attention, paying attention, at a loss"
    ", weight loss, hair loss, loss of time, no one, nobody, no doubt, why not, thank you"
    ", thanks in advance, step by step, not to mention, not surprisingly, no wonder, as soon as"
    ", not understand, no expert, not an expert, train station, train was late, by train, train ride"
    ", catch the train, miss the train, train to, bank account, data loss, loss of data, loss of life"
    ", loss of job, loss of memory, for example, on the other hand, first of all, of course"
    ", error message, not the only one, why does it not work, get over, job loss, memory loss"
    ", steep learning curve, learning curve is steep, in the end, at the end of the day, in general"
    ", sort of, kind of, in the logs, in the log, log file, log says, according to the log, i guess"
    ", i would guess, deep learning, machine learning"
)
"""Expressions that say nothing of a run, whatever their words say elsewhere."""
