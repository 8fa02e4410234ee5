"""The words of the trade and of plain English that are told apart: tables only, each entry written as people write it.

A concept is named by its first way of writing. Words are compared by their stems, so one inflection of each is enough;
articles inside an entry that people add or leave out need not be written.
"""

from __future__ import annotations

__all__ = [
    "ABOUT",
    "ADJECTIVES",
    "ALLUDING",
    "ARTICLES",
    "BROADER",
    "CHANGING",
    "CONCEPTS",
    "COUNTING",
    "CURVES",
    "DENIED_AFTER",
    "HELP",
    "IDIOMS",
    "LATER",
    "MEASURED",
    "NEGATIONS",
    "NOTHING_CAME",
    "ORDINARY",
    "PASSIVES",
    "QUESTIONING",
    "RATE_BEFORE",
    "SPEAKING",
    "STOP_WORDS",
    "SUBJECTS",
    "TERMINATORS",
    "TIME_BEFORE",
    "TRADE",
    "TRYING",
    "TURNS",
    "UNDECIDED",
    "WEAK_WORDS",
]



def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


CONCEPTS: dict[str, str] = {
    "val_loss": "validation loss, val loss, test loss, eval loss, evaluation loss, dev loss, valid loss, loss on validation"
    ", loss on validation set, loss on val, loss on test, loss on test set, validation error, test error, val error"
    ", validation cost, loss of validation, holdout loss",
    "train_loss": "training loss, train loss, loss on training, loss on training set, training error, training cost, loss on train",
    "val_accuracy": "validation accuracy, val accuracy, val acc, test accuracy, test acc, eval accuracy, dev accuracy"
    ", accuracy on validation, accuracy on validation set, accuracy on test, accuracy on test set, validation acc",
    "train_accuracy": "training accuracy, train accuracy, train acc, accuracy on training, accuracy on training set"
    ", training acc, accuracy on train",
    "loss": "loss, losses, cost function value, objective value, error value, loss value, loss curve, loss function value",
    "accuracy": "accuracy, acc, accuracies",
    "val": "validation, val, test, eval, evaluation, testing, holdout, held out, dev set, validation set, test set"
    ", validation data, test data",
    "lr": "lr, learning rate, learn rate, step size, initial learning rate, base lr, base learning rate, learningrate",
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
    "dropout": "dropout, drop out, dropout layer, dropout rate",
    "cross_entropy": "cross entropy, crossentropy, cross entropy loss, xent",
    "leaky_relu": "leaky relu, leakyrelu, lrelu",
    "model": "model, network, net, neural network, neural net, networks, nnet",
    "nan": "nan, nans",
    "inf": "inf, infinity, infinite, infs",
    "explode": "explode, explosion, blow up, diverge, divergence, divergent, go through the roof, skyrocket, shoot to the sky"
    ", shoot through the roof, run away, go crazy, spiral out of control, get out of control, grow without bound, go off to infinity",
    "decrease": "decrease, fall, drop, decline, go down, come down, reduce, go lower, get lower, lessen, descend, get smaller"
    ", become smaller, go downhill, diminish, shrink",
    "increase": "increase, rise, grow, climb, go up, creep up, go higher, get higher, get bigger, get larger, become bigger"
    ", become larger, go back up, come back up, creep back up, raise, move up",
    "higher": "higher, larger, bigger, greater, more than, >",
    "lower": "lower, smaller, less than, <",
    "jump": "jump, shoot up, leap, surge",
    "spike": "spike, peak, bump",
    "oscillate": "oscillate, fluctuate, bounce, bounce around, bounce up and down, jump around, up and down, go up and down"
    ", swing, zigzag, zig zag, all over the place, wobble, jump up and down, jump about, bounce back and forth, jumpy"
    ", swing up and down, swing wildly, fluctuate wildly, oscillate wildly",
    "plateau": "plateau, stagnate, stagnation, stagnant, level off, level out, flatten, flatten out, flatline, hit a plateau"
    ", reach a plateau, flattens off",
    "stuck": "stuck, get stuck, stay stuck, stall, freeze at, hang at",
    "constant": "constant, unchanged, unchanging, stay unchanged",
    "same": "same, identical, exact same",
    "stay": "stay, remain, keep, sit, hover, continue, linger, stick",
    "slow": "slow, slowly, sluggish, take ages, take forever, takes very long, take so long, take too long, at a crawl, crawl",
    "fast": "fast, quickly, rapidly, quick, rapid",
    "suddenly": "suddenly, sudden, abruptly, abrupt, all of a sudden, out of nowhere, out of the blue, without warning"
    ", from one step to the next",
    "immediately": "immediately, right away, at once, straight away, instantly, instant, straightaway",
    "huge": "huge, enormous, massive, gigantic, very large, very big, very high, extremely large, extremely high, too large"
    ", too high, too big, really high, really big, insanely high, insanely large, astronomical, super high, giant",
    "tiny": "tiny, very small, extremely small, too small, super small, minuscule, very low, extremely low, too low"
    ", really small, minute",
    "near_zero": "near zero, almost zero, close to zero, nearly zero, practically zero, basically zero, almost 0, close to 0"
    ", near 0, nearly 0, vanishingly small",
    "zero": "zero, zeros, zeroes",
    "large": "large, big, high",
    "small": "small, low, little",
    "start": "start, beginning, begin, outset, get go, very beginning, very start",
    "end": "end, finish",
    "iteration": "iteration, iter, iters, step",
    "learn": "learn, learn anything, learn something",
    "train": "train, training",
    "predict": "predict, prediction, output, outputs, outputted, spit out",
    "class": "class, category, categories",
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
    "chance": "chance, random guessing, random guess, guessing, pure guess, coin flip, chance level, random chance, random choice"
    ", guess",
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
    "clipping": "clip, clipping, gradient clipping, clip gradient, clip grad, grad clipping, gradient norm clipping, clip gradient norm"
    ", clip grad norm, clip norm of gradient, clipping of gradient, norm clipping",
    "warmup": "warmup, warm up",
    "shuffle": "shuffle, reshuffle",
    "accumulation": "accumulation, accumulate",
    "regularization": "regularization, regularize, regularizer",
    "optimizer": "optimizer, optimiser, optimizers",
    "duplicate": "duplicate, duplicated",
    "outlier": "outlier, outliers",
    "forget": "forget, forgot, forgotten",
    "help": "help, fix, fix it, solve, cure, resolve, do the trick, go away, went away, problem gone, make it work, made it work"
    ", get rid of it, got rid of it, help either, save it",
    "work": "work, works fine, work well, works ok, run fine, run well, train fine, train well, works perfectly",
    "difference": "difference, effect, luck, avail, success, impact",
    "fail": "fail, still fails, persist, problem remains, problem stays, same problem, same issue, same thing, same result"
    ", same error, same behaviour, same behavior, in vain",
    "fp32": "fp32, float32, single precision",
    "fp16": "fp16, float16",
    "initialization": "initialization, init, initialize, initializer",
    "both_losses": "both losses, train and val loss, training and validation loss, train and validation loss"
    ", training and val loss, train and test loss, training and test loss, train loss and val loss"
    ", training loss and validation loss",
    "he_init": "he init, he initialization, he normal, he uniform",
    "already": "already",
    "later": "later, postpone, delay",
    "not": "not, never, cannot, can not, no longer, not yet, fail to, fails to, failed to, failing to, refuse to, refuses to"
    ", refused to, unable to, dont, doesnt, isnt, arent, wasnt, wont, cant, didnt, hasnt, havent, couldnt, wouldnt, not even"
    ", not any longer, nor, neither, not at all, not really",
    "no": "no, without, w/o, none, none of, instead of, rather than, lack of, lacking, absence of, nothing, no sign of",
    "disabled": "disabled, disable, turn off, turned off, switch off, switched off, disabling, is off, are off, was off, were off, set to off",
}
"""Ways of writing one thing. The first word of each group is found in the others' place too."""

NEGATIONS = {"not", "no"}
"""Concepts that deny what follows: of a verb, and of a noun."""

DENIED_AFTER = {"disabled"}
"""Concepts that deny what stands before or after them."""

PASSIVES = _set("""
    activ add apply enable include involve present set use
""")
"""Stems after which a denial means the noun before: ``dropout is not used``."""

TERMINATORS = _set("""
    after although and as at because before but by despite during even except for from however if in into just on
    once plus since so that then though till unless until use using when where whereas which while why with yet
""")
"""Words at which a denial ends once it has denied something."""

TURNS = {"but", "while", "whereas", "although", "though", "however", "yet"}
"""Words that begin a clause as a comma does."""

IDIOMS = (
    "no idea, not sure, do not know, don't know, dont know, don't understand, do not understand, dont understand, no clue"
    ", don't get why, can't figure out, cannot figure out, no matter, no problem at all, not clear, i can't see why"
    ", pay attention, paying attention, at a loss, weight loss, hair loss, loss of time, no one, nobody, no doubt, why not"
    ", thank you, thanks in advance, step by step, not to mention, not surprisingly, no wonder, as soon as, not understand"
    ", no expert, not an expert, train station, train was late, by train, train ride, catch the train, miss the train, train to, bank account, data loss, loss of data, loss of life, loss of job, loss of memory, for example"
    ", on the other hand, first of all, of course, error message, not the only one, why does it not work, get over, job loss"
    ", memory loss, steep learning curve, learning curve is steep, in the end, at the end of the day, in general, in the logs, in the log, log file, log says, according to the log, i guess, i would guess"
)
"""Expressions whose words do not mean what they mean elsewhere."""

ARTICLES = {"a", "an", "the", "my", "our", "its", "this", "their", "your"}

STOP_WORDS = _set("""
    a about absolutely actually also although am an and anymore anything apparently appear approximately are around
    as at attempt basically be because become been being believe but by can could currently do don't during eg
    either else etc even experiment find for from get had has have having he hello her here hi him how however i i'm
    ie if in into is it it's its itself kind know let let's like literally look may me might much my myself need
    notice now observe obviously of ok on one's onto or our per please pretty quite rather really roughly say see
    seem shall she should show simply since so some somehow something sort such tell than thank thanks that the
    their them there these they thing think this those though till to too totally try turn us use very via want was
    we well were what what's where whereas which while who whom why will with would yet you your
""")
"""Words that say nothing of a run by themselves."""

WEAK_WORDS = _set("""
    after again all always any before between clearly completely down during entire ever exactly go heavily just
    long more most new nicely number out over point set simply stay still then time until up when whole wildly
    within
""")
"""Words that make an entry more exact and may be missing where enough else is said."""

TRADE = _set("""
    accuracy activation adamw augmentation autograd backbone backward batch batch_norm batch_size bert both_losses
    caffe checkpoint class classifier clipping cnn converge convolution cross_entropy cuda darknet dataset decoder
    detection discriminator dropout early_stopping embedding encoder epoch explode feature fine_tuning forward fp16
    fp32 generator gpt gpu grad grad_norm group_norm he_init hyperparameter image imagenet imbalance inf
    initialization input iteration keras label layer layer_norm leaky_relu learn logit loss loss_scale lr lstm
    metric minibatch mixed_precision mnist model momentum nan neuron optimizer overfitting overflow parameter
    perplexity pooling predict preprocessing pretrained pytorch regression regularization relu resnet resume rmsprop
    rnn sample schedule scheduler segmentation shuffle sigmoid softmax spike target tensorboard tensorflow token
    tokenizer train train_accuracy train_loss transformer underflow unnormalized update val val_accuracy val_loss
    warmup weight weight_decay yolo
""")
"""Concepts that show that a sentence is about training."""

ORDINARY = _set("""
    accelerate adam adapter amp apex attention backward batch caffe chainer class classification cnn coco converge
    darknet dense detection dice diffusion elu explode feature flax forward gan generator huber image inf input
    iteration label lamb layer learn lion logit mae mamba map mask masks matlab metric mish model momentum mps muon
    nerf ocr overflow parameter polygon prices prodigy recurrent regression regularization reproducible resume
    resumed reward sac sample sawtooth schedule segmentation shampoo spike ssd step swish target theano token torch
    torchrun tpu train transducer transformer tversky update vae val vit weight
""")
"""Concepts of the trade that are also words or names of everyday life: alone they do not show what a text is about."""

UNDECIDED = _set("""
    adapter coco dice lamb lion mae map mask masks sac ssd
""")
"""Of these, the ones that count only when written as the knowledge writes them."""

SPEAKING = _set("""
    ask explain help know mention said say suggest tell think thought told
""")
"""What a person does and an optimizer does not."""

SUBJECTS = _set("""
    accuracy batch_norm batch_size both_losses clipping dice dropout grad grad_norm input iou loss loss_scale lr map
    metric predict result reward train_accuracy train_loss val_accuracy val_loss weight weight_decay
""")
"""What things are said of: none may stand between the words of an entry that does not name it."""

BROADER: dict[str, tuple[str, ...]] = {
    "train_loss": ("loss",),
    "loss": ("train_loss",),
    "train_accuracy": ("accuracy",),
    "accuracy": ("train_accuracy",),
    "same": ("constant",),
    "constant": ("same",),
    "grad": ("grad_norm",),
    "grad_norm": ("grad",),
    "0": ("zero",),
    "zero": ("0",),
    "val_loss": ("val",),
    "val_accuracy": ("val",),
    "50%": ("0.5",),
    "0.5": ("50%",),
    "chang": ("updat",),
    "huge": ("large",),
    "tiny": ("small", "vanish"),
}
"""What may stand for something else, if less exactly."""

TIME_BEFORE = _set("after at in within until around from since by till before past under over")
"""Words after which a number of steps is a point in time rather than a length."""

RATE_BEFORE = _set("every per first last epoch iteration")
"""Words after which it is neither."""

COUNTING = _set("thousand hundred million dozen few couple")
"""Numbers that are written as words."""

ABOUT = _set("few couple about approximately roughly only some many of around just")
"""Words between those and a number."""

MEASURED = _set("loss val_loss train_loss accuracy val_accuracy train_accuracy grad_norm grad val")
"""Subjects of which a number may stand some words off."""

CURVES = _set(
    "loss val_loss train_loss accuracy val_accuracy train_accuracy grad grad_norm predict weight metric map dice iou loss_scale"
    " reward val"
)
"""Subjects of which the next clause may go on to speak without naming them."""

ADJECTIVES = _set("huge tiny large small")
"""What stands beside its noun."""

ALLUDING = _set("until then till before first")
"""Words that say that something was so for a time only."""

CHANGING = _set("lower higher other remov add mor longer disabled standardiz normaliz")
"""Concepts of what a person does to a run."""

TRYING = {"try", "attempt", "experiment"}
"""Stems of words of trying."""

HELP = {"help", "work"}
"""What a remedy does or does not do."""

NOTHING_CAME = {"difference", "chang", "improve", "better"}
"""What is denied where a remedy did nothing."""

LATER = {"later"}

QUESTIONING = {"should", "could", "would", "might", "can", "may", "shall"}
"""Words that make a question of a sentence a thought of what might be done."""
