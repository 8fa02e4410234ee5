"""Words of the trade and of plain English by what they do in a sentence: tables only.

A set holds concepts, which are the names in `triage.intake.ways` or else stems, unless it says that it holds words.
"""

from __future__ import annotations

__all__ = [
    "ABOUT",
    "ADJECTIVES",
    "ALLUDING",
    "ARTICLES",
    "BETTER",
    "BREAKING",
    "BROADER",
    "CAPITALS",
    "CHANGING",
    "COUNTING",
    "CURVES",
    "DENIED_AFTER",
    "DETERMINERS",
    "DIMINISHING",
    "FASTER",
    "HELP",
    "LATER",
    "LAYER_WORDS",
    "LOCATING",
    "MEASURED",
    "MERELY",
    "MOMENT",
    "NEGATIONS",
    "NOTHING_CAME",
    "NUMBER_WORDS",
    "ORDINARY",
    "PARTING",
    "PASSING",
    "PASSIVE",
    "PASSIVES",
    "QUESTIONING",
    "RATE_BEFORE",
    "SOONER",
    "SPEAKING",
    "STOP_WORDS",
    "SUBJECTS",
    "TERMINATORS",
    "TIME_BEFORE",
    "TRADE",
    "TROUBLE",
    "TRYING",
    "TURNS",
    "UNDECIDED",
    "UNDER",
    "UNMENDED",
    "WEAK_WORDS",
]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


NEGATIONS = {"not", "no"}
"""Concepts that deny what follows: of a verb, and of a noun."""

DENIED_AFTER = {"disabled"}
"""Concepts that deny what stands before or after them."""

PASSIVES = _set(
    """
    activ add apply enable include involve present set use
    """
)
"""Stems after which a denial means the noun before: ``dropout is not used``."""

TERMINATORS = _set(
    """
    after although and as at because before but by despite during even except for from however if in into just on
    once plus since so that then though till unless until use using when where whereas which while why with yet
    """
)
"""Words at which a denial ends once it has denied something."""

TURNS = {"but", "while", "whereas", "although", "though", "however", "yet"}
"""Words that begin a clause as a comma does."""

PARTING = _set("after before because during if once since than unless until when while with without")
"""Words that begin a part of a clause: what stands on both sides of one is not said of each other."""

DETERMINERS = _set("one two thre four several many few single singl multipl")
"""Concepts that stand right before what they count."""

LAYER_WORDS = _set("dens linear hidden conv convolutional recurrent lstm gru relu sigmoid tanh fully connect dense")
"""Concepts of kinds of layers, which may stand between a number and the layers."""

DIMINISHING = {"slightly", "marginally", "minimally", "somewhat"}
"""Words after or before which nothing much happened."""

ARTICLES = {"a", "an", "the", "my", "our", "its", "this", "their", "your"}

STOP_WORDS = _set(
    """
    a about absolutely actually also although am an and anymore anything apparently appear approximately are around
    as at attempt basically be because been being believe but by can could currently do don't during eg
    either else etc even experiment find for from get had has have having he hello her here hi him how however i i'm
    ie if in into is it it's its itself know let let's like literally look may me might much my myself need notice
    now observe obviously of ok on one's onto or our per please pretty quite rather really roughly say see seem
    shall she should show simply since so some somehow something such tell than thank thanks that the their them
    there these they thing think this those though till to too totally try us use very via want was we well
    were what what's where whereas which while who whom why will with would yet you your
    """
)
"""Words that say nothing of a run by themselves."""

WEAK_WORDS = _set(
    """
    after again all always any become between down ever go just long most new number out over point set stay still then
    until up when within
    """
)
"""Words that make an entry more exact and may be missing where enough else is said."""

TRADE = _set(
    """
    accumulation accuracy activation adamw augmentation autograd backbone backward batch batch_norm batch_size bert
    both_losses caffe checkpoint class classifier clipping cnn converge convolution cross_entropy cuda darknet data
    dataset decoder detection discriminator dropout early_stopping embedding encoder epoch explode feature
    fine_tuning forward fp16 fp32 generator gpt gpu grad grad_norm group_norm he_init hyperparameter image imagenet
    imbalance inf initialization input iteration keras label layer layer_norm leaky_relu learn logit loss loss_scale
    lr lstm metric minibatch mixed_precision mnist model momentum nan neuron optimizer overfitting overflow
    parameter perplexity pooling predict preprocessing pretrained pytorch regression regularization relu resnet
    resume rmsprop rnn sample schedule scheduler segmentation shuffle sigmoid softmax spike target tensorboard
    tensorflow token tokenizer train train_accuracy train_loss transformer underflow unnormalized update val
    val_accuracy val_loss variance warmup weight weight_decay yolo
    """
)
"""Concepts that show that a sentence is about training."""

ORDINARY = _set(
    """
    accelerate adam adapter amp apex attention backward batch caffe chainer class classification cnn coco converge
    darknet data dense detection dice diffusion elu explode feature flax forward gan generator huber image inf input
    iteration label lamb layer learn lion logit mae mamba map mask masks matlab metric mish model momentum mps muon
    nerf ocr overflow parameter polygon prices prodigy recurrent regression regularization reproducible resume
    resumed reward sac sample sawtooth schedule segmentation shampoo spike ssd step swish target theano token torch
    torchrun tpu train transducer transformer tversky update vae val vit weight
    """
)
"""Concepts of the trade that are also words or names of everyday life: alone they do not show what a text is about."""

UNDECIDED = _set(
    """
    adapter coco dice lamb lion mae map mask masks sac ssd
    """
)
"""Of these, the ones that count only when written as the knowledge writes them."""

CAPITALS = _set("map sac lamb ssd mae")
"""Of these, the ones that are written with a capital among other words too."""

UNMENDED = _set(
    """
    pertaining lawyer lawyers costume costumes leaning started station stations formal formally layered steeped
    latter letter letters better butter batter bench beach lesson losing closing adopt adopted adapt except accept
    aspect united untied median medial pointer printer presentation protection detention contention intention
    """
)
"""Plain words that look like slips of words of the trade."""

SPEAKING = _set(
    """
    ask explain help know mention said say suggest tell think thought told
    """
)
"""What a person does and an optimizer does not."""

SUBJECTS = _set(
    """
    accuracy batch_norm batch_size both_losses clipping dice dropout grad grad_norm input iou loss loss_scale lr map
    metric predict result reward train_accuracy train_loss val_accuracy val_loss weight weight_decay
    """
)
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
    "perplexity": ("loss",),
    "tiny": ("small", "vanish"),
}
"""What may stand for something else, if less exactly."""

TIME_BEFORE = _set("after at in within until around from since by till before past under over")
"""Words after which a number of steps is a point in time rather than a length."""

MOMENT = TIME_BEFORE | {"when", "once", "upon", "whenever", "during", "between", "right", "soon"}
"""Words that tell when something happened."""

RATE_BEFORE = _set("every per first last epoch iteration")
"""Words after which it is neither."""

COUNTING = _set("thousand hundred million dozen few couple")
"""Numbers that are written as words."""

ABOUT = _set("few couple about approximately roughly only some many of around just")
"""Words between those and a number."""

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100,
}  # fmt: skip
"""Numbers that are written as words, and can be read as one."""

PASSING = _set("warmup lr schedule decay clipping accumulation anneal cosin log print sav checkpoint eval val window")
"""Concepts of what has a length in steps of its own."""

TROUBLE = _set(
    """
    abort collaps crash explode fail increase inf jump nan oscillate overflow plateau spike stuck suddenly
    unstable worse
    """
)
"""Concepts of something going wrong at some time."""

MERELY = _set("only just merely")
"""Words that may stand between a name and its number."""

MEASURED = _set(
    "loss val_loss train_loss accuracy val_accuracy train_accuracy grad_norm grad val dic coefficient iou map"
)
"""Subjects of which a number may stand some words off."""

CURVES = _set(
    """
    loss val_loss train_loss accuracy val_accuracy train_accuracy grad grad_norm predict weight metric map dice iou
    loss_scale perplexity reward val
    """
)
"""Subjects of which the next clause may go on to speak without naming them."""

ADJECTIVES = _set("huge tiny large small")
"""What stands beside its noun."""

BREAKING = _set("collaps explode inf jump nan spike suddenly")
"""Concepts of what ends a good course."""

ALLUDING = _set("until then till before")
"""Words that say that something was so for a time only."""

LOCATING = _set("predict last hidden final layer end between")
"""Concepts that say where in a network something stands."""

CHANGING = _set("lower higher other remov add mor longer disabled standardiz normaliz")
"""Concepts of what a person does to a run."""

TRYING = {"try", "attempt", "experiment"}
"""Stems of words of trying."""

HELP = {"help", "work"}
"""What a remedy does or does not do."""

NOTHING_CAME = {"difference", "chang", "improve", "better"}
"""What is denied where a remedy did nothing."""

LATER = {"later"}

SOONER = {"sooner", "earlier"}
"""Words that compare when a run fails with when it failed before."""

FASTER = {"faster", "quicker"}
"""Words that do so beside one of what ends a good course."""

BETTER = {"improve", "better"}
"""What a remedy makes of things."""

PASSIVE = {"were", "was", "been", "being"}
"""Words before a word of trying that make what stands before it the thing that was tried."""

UNDER = {"with", "without", "if", "when", "using", "once"}
"""Words that name a circumstance under which a run did better or worse."""

QUESTIONING = {"should", "could", "would", "might", "can", "may", "shall"}
"""Words that make a question of a sentence a thought of what might be done."""
