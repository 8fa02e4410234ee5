"""The forms in which people write values of the setup with their names and units: one table."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from triage.intake.written_numbers import NUMBER, value_of

__all__ = ["FORMS", "Form"]


@dataclass(frozen=True, slots=True)
class Form:
    """One form.

    Args:
        name: of the value, as a file would state it; empty for a form that is passed over.
        pattern: finds it; the number is its group ``value``.
        least, most: bounds of a value that can be meant.
        whole: whether it is a whole number.
        unlike: words near it with which it means something else.
        made: what becomes of the number, e.g. of a keep probability.

    """

    name: str
    pattern: re.Pattern[str]
    least: float
    most: float
    whole: bool
    unlike: re.Pattern[str] | None
    made: Callable[[float], float] | None = None

    def read(self, match: re.Match[str]) -> float | None:
        """The value of a match; None where it is no number."""
        value = value_of(match["value"])
        return value if value is None or self.made is None else self.made(value)

    def holds(self, value: float) -> bool:
        """Whether such a value can be meant."""
        return self.least <= value <= self.most and (not self.whole or value == int(value))


IS = (
    r"\s*(?:=+|:|≈|~|→)?\s*(?:(?:is|was|were|of|at|to|as|with|being|set|fixed|starting|starts?|equals?|equal|currently|now|about"
    r"|around|approximately|roughly|only|just|a|an|value|used|norm|default)\s+){0,4}(?:设置?[为成的]|[为是取]|[都只]?用的?|等于|大?约|也是){0,2}[~≈(\[]?\s*"
)
"""What stands between a name and its number."""

FLAGS = re.IGNORECASE | re.ASCII
VALUE = rf"(?P<value>{NUMBER})"
START = r"(?<![\w.-])"

RATE = r"(?:学习率|学习速率|learning[\s_-]?rate|l\.?r\.?(?!\w)|step\s?size|learnrate)"
STEPS = r"(?:steps?|iterations?|iters?|updates?|optimi[sz]er\s+steps?)"
ADJECTIVE = r"(?:[a-z][\w-]*\s+){0,2}?"
KINDS = r"(?:relu|sigmoid|tanh|lstm|gru|linear|dense|logistic)"


def _form(
    name: str, pattern: str, least: float, most: float, unlike: str = "", *, whole: bool = False,
    made: Callable[[float], float] | None = None,
) -> Form:  # fmt: skip
    words = re.compile(rf"\b(?:{unlike})", FLAGS) if unlike else None
    return Form(name, re.compile(START + pattern, FLAGS), least, most, whole, words, made)


OTHER_RATES = (
    r"final|min(?:imum|imal)?\b|end\s|last|warm|decay|drop|multiplier|factor|discriminator|critic|generator|[gd]_lr"
)
OTHER_EPSILON = r"\w*norm|greedy|smooth|log\b|dice|ppo|clip|divi|bn\b|attack|adversarial|privacy|explor"
OTHER_CLIP = r"reward|weights?\s+(?:are\s+)?clip|ppo|range|ratio|logit|image|pixel|value\s+function|audio|critic"
OTHER_BATCH = r"effective|total|global|eval|test|valid|accumulat|overall|infer"
OTHER_COUNTS = (
    r"last|first|top|final|bottom|other|more|extra|additional|next|froz|freez|unfreez|add(?:ed|ing)?|remov|every|each|per"
    r"|lower|upper|skip"
)
OTHER_SAMPLES = (
    r"per\b|each|test|valid|first|last|batch|class\b|after|every|seen|wrong|corrupt|bad|broken|only\s+these|overfit"
    r"|steps?\b|gpu|show|plot|random\s+images"
)
"""Words with which a number means something else."""

FORMS: tuple[Form, ...] = (
    # warm-up, before plain steps and epochs
    _form("warmup_ratio", rf"warm[\s_-]?up[\s_]?(?:ratio|fraction|proportion){IS}{VALUE}", 0, 1),
    _form(
        "warmup_ratio", rf"warm[\s_-]?up\s+(?:of|over|for|during)\s+(?:the\s+first\s+)?(?P<value>{NUMBER})(?<=%)", 0, 1
    ),
    _form("", rf"warm[\s_-]?up[\s_]?(?:epochs?)?{IS}{VALUE}\s*-?epochs?", 0, 1e6),
    _form("", rf"{VALUE}[\s-]*(?:warm[\s_-]?up[\s-]*epochs?|epochs?\s+(?:of\s+)?warm[\s_-]?up)", 0, 1e6),
    _form(
        "warmup_steps",
        rf"{VALUE}[\s-]*(?:{STEPS}\s+(?:of\s+)?(?:linear\s+)?warm[\s_-]?up|warm[\s_-]?up[\s-]*{STEPS})",
        0,
        1e9,
        whole=True,
    ),
    _form(
        "warmup_steps", rf"(?:num_)?warm[\s_-]?up[\s_]?(?:steps|iters|iterations)(?!\w){IS}{VALUE}", 0, 1e9, whole=True
    ),
    _form(
        "warmup_steps",
        rf"warm[\s_-]?up\s+(?:phase\s+)?(?:of|over|for|during|with|in|=|:)?\s*(?:the\s+first\s+|about\s+)?{VALUE}\s*-?{STEPS}",
        0,
        1e9,
        whole=True,
    ),
    # rates
    _form("", rf"(?:{RATE}|weight)[\s_]*(?:decay|drop|multiplier|factor)\s*(?:rate|steps?)\s*{IS}{VALUE}", -1e9, 1e9),
    _form(
        "learning_rate",
        rf"(?:(?:initial|base|peak|max(?:imum|imal)?|starting|constant|fixed)[\s_]*)?{RATE}(?:[\s_](?:base|init|initial|peak|max))?{IS}{VALUE}",
        0,
        100,
        OTHER_RATES,
    ),
    _form("learning_rate", rf"{VALUE}\s+(?:as\s+(?:a\s+|the\s+)?)?{RATE}", 0, 100, OTHER_RATES),
    _form(
        "learning_rate",
        rf"(?:optim\w*\.)?(?:adamw?|nadam|radam|rmsprop|sgd|adagrad)\s?\(\s*(?:learning_rate\s?=\s?|lr\s?=\s?)?{VALUE}",
        0,
        100,
        OTHER_RATES,
    ),
    _form(
        "learning_rate",
        rf"(?:adamw?|nadam|radam|rmsprop|sgd|adagrad|gradient\s+descent)\W{{1,3}}(?:with\s+)?(?:a\s+)?rate{IS}{VALUE}",
        0,
        100,
        OTHER_RATES,
    ),
    # the optimizer's other numbers
    _form("beta2", rf"(?:adam_?|optimi[sz]er_?)?betas?{IS}[(\[]?\s*{NUMBER}\s*[,/]\s*{VALUE}", 0.5, 0.999999),
    _form("beta2", rf"(?:adam_?)?(?:beta[\s_]?2|β_?2){IS}{VALUE}", 0.5, 0.999999),
    _form("beta1", rf"(?:adam_?)?(?:beta[\s_]?1|β_?1){IS}{VALUE}", 0, 0.9999),
    _form("epsilon", rf"(?:adam'?s?[\s_]?)?(?:epsilon|eps|ε){IS}{VALUE}", 1e-16, 1, OTHER_EPSILON),
    _form("momentum", rf"momentum{IS}{VALUE}", 0, 0.9999, r"batch\s?norm|bn\b|norm\w*\(|ema|teacher"),
    _form(
        "weight_decay",
        rf"(?:weight[\s_-]?decay|wd|l2[\s_-](?:regulari[sz]ation|penalty)|l2\s?\(){IS}{VALUE}",
        0,
        10,
        r"rate\s+decay",
    ),
    # regularization and clipping
    _form(
        "",
        rf"(?:lora|attn|attention|embd|embedding|word|path|layer|drop)[\s_-]?drop(?:out|path)(?:[\s_]?(?:rate|p|prob\w*))?{IS}{VALUE}",
        0,
        1,
    ),
    _form("dropout", rf"(?:keep[\s_]?prob\w*){IS}{VALUE}", 0.01, 1, made=lambda value: round(1.0 - value, 9)),
    _form(
        "dropout",
        rf"(?:nn\.|layers\.)?drop[\s-]?out(?:1d|2d|3d|\s+layers?)?(?:[\s_](?:rate|p|prob\w*|ratio))?\s?\(?(?:p\s?=|rate\s?=)?{IS}{VALUE}",
        0,
        0.999,
        r"remov|without",
    ),
    _form("dropout", rf"{VALUE}\s+drop[\s-]?out", 0, 0.999, r"layers?"),
    _form(
        "clip_value",
        rf"(?:clip[\s_-]?value|clip_grad_value_?|grad(?:ient)?s?[\s_]clip[\s_]value){IS}{VALUE}",
        0,
        1e9,
        OTHER_CLIP,
    ),
    _form(
        "clip_norm",
        rf"(?:max[\s_]grad(?:ient)?[\s_]norm|grad(?:ient)?[\s_-]?clip(?:[\s_-]?(?:norm|val))?|clip[\s_-]?norm|clip_grad_norm_?|clip_grad)\s?(?:\([^()]{{0,60}}?,\s*)?(?:max_norm\s?=)?{IS}{VALUE}",
        0,
        1e9,
        OTHER_CLIP,
    ),
    _form(
        "clip_norm",
        rf"(?:gradient|grad)?[\s_-]*(?:norm\s+)?clip(?:ping|ped|s)?(?:\s+(?:the\s+)?(?:global\s+)?gradients?)?(?:\s+norms?)?(?:\s+(?:is|are|was|set))?\s*(?:=|:|at|to|of|with|by)?\s*(?:a\s+|the\s+)?(?:max(?:imum)?\s+)?(?:norm\s+)?(?:of\s+|to\s+|at\s+)?{VALUE}",
        0,
        1e9,
        OTHER_CLIP,
    ),
    # batches, devices
    _form(
        "accumulation_steps",
        rf"(?:gradient[\s_])?accumulat(?:ion|e|ed|ing)(?:[\s_](?:gradients?|steps?|batches))*\s*(?:over|of|for|=|:|is|across)?\s*{VALUE}(?:\s*(?:steps?|batches|micro-?batches))?",
        1,
        1e6,
        whole=True,
    ),
    _form(
        "accumulation_steps",
        rf"(?:accumulate_grad_batches|accum(?:_steps|_iter)?|grad_accum\w*){IS}{VALUE}",
        1,
        1e6,
        whole=True,
    ),
    _form(
        "devices",
        rf"{VALUE}[\s-]*(?:[x×]\s*)?(?:(?:nvidia|tesla|rtx|gtx|geforce|quadro)\s+)*(?:gpus?|gpu\s+cards|graphics\s+cards)(?!\s*(?:days?|hours?|memory))",
        1,
        1e5,
        r"work|fine|fail|normal|only|memory|tried",
        whole=True,
    ),
    _form(
        "devices",
        rf"{VALUE}\s*[x×]?\s*(?:(?:nvidia|tesla|rtx|gtx)\s+)*(?:[avhp]100s?|t4s?|k80s?|l40s?|tpus?|[234]0[6-9]0(?:\s?ti)?s?)(?!\w)",
        2,
        1e5,
        r"work|fine|fail|normal|instead",
        whole=True,
    ),
    _form(
        "batch_size",
        rf"(?:per[\s_]device[\s_]train[\s_])?(?:mini[\s-]?)?(?:batch(?:es)?[\s_-]?sizes?|bs|batchsize){IS}{VALUE}",
        1,
        1e8,
        OTHER_BATCH,
        whole=True,
    ),
    _form("batch_size", rf"(?:mini-?)?batches\s+of\s+(?:size\s+)?{VALUE}", 1, 1e8, OTHER_BATCH, whole=True),
    _form(
        "batch_size",
        rf"(?:mini-?)?batch\s*[=:]?\s*{VALUE}(?!\s*(?:norm|{STEPS}|epochs?|batches|of\b))",
        1,
        1e8,
        OTHER_BATCH + r"|first|last|the\s+\w+\s+batch|\bat\s+batch|\bin\s+batch|subdiv",
        whole=True,
    ),
    _form(
        "batch_size",
        rf"{VALUE}\s+(?:images?|samples?|examples?|sequences?|sentences?|pictures?|clips?|frames|crops)\s+(?:per|in\s+(?:each|every|a|one))\s+(?:mini-?)?(?:batch|gpu|device|step|card)",
        1,
        1e8,
        whole=True,
    ),
    _form("batch_size", rf"(?<=gpus\s)with\s+{VALUE}\s+(?:images?|samples?|examples?)\s+each", 1, 1e8, whole=True),
    _form(
        "batch_size",
        rf"batch\s+of\s+{VALUE}(?!\s*(?:epochs?|{STEPS}))",
        1,
        1e8,
        OTHER_BATCH + "|one|single|same|first|overfit|fixed",
        whole=True,
    ),
    # the network
    _form("", rf"(?:{OTHER_COUNTS})(?:\s+of\s+the)?\s+{VALUE}[\s-]*{ADJECTIVE}layers?", 0, 1e9),
    _form(
        "layers",
        rf"{VALUE}\s+hidden\s+{ADJECTIVE}layers",
        1,
        1e5,
        OTHER_COUNTS,
        whole=True,
        made=lambda value: value + 1,
    ),
    _form(
        "layers",
        rf"{VALUE}(?:\s+|-)layers?(?:ed)?(?!\s*(?:norm|of\s+the|are|is|were|was))",
        1,
        1e5,
        OTHER_COUNTS + "|encoder|decoder|hidden",
        whole=True,
    ),
    _form("layers", rf"(?:n_?layers?|num_(?:hidden_)?layers){IS}{VALUE}", 1, 1e5, whole=True),
    _form(
        "hidden_units",
        rf"{VALUE}\s+(?:hidden\s+(?:{KINDS}\s+)?(?:units?|neurons?|nodes?|cells?)|{KINDS}\s+(?:units?|neurons?))",
        1,
        1e7,
        "per|drop",
        whole=True,
    ),
    _form("hidden_units", rf"(?:hidden[\s_](?:size|dim(?:ension)?s?|units?)){IS}{VALUE}", 1, 1e7, whole=True),
    _form("classes", rf"(?:num|n|number\s+of)[\s_]*classes{IS}{VALUE}", 2, 1e7, whole=True),
    _form(
        "classes",
        rf"{VALUE}[\s-]+(?:different\s+|output\s+|target\s+)?(?:class(?:es)?|categories)(?![\w]|\s*(?:per|each))",
        2,
        1e7,
        r"of\s+the|other|rare|more|first|last|only|per\b|top|some|these|remaining|minority|least",
        whole=True,
    ),
    # how long, how much
    _form(
        "epochs",
        rf"(?:num_(?:train_)?|n_|max_|nb_|no_of_|number\s+of\s+|total\s+)?epochs(?!\w)\s*(?:=|:|is|was|of|set\s+to)\s*{VALUE}",
        1,
        1e7,
        whole=True,
    ),
    _form(
        "epochs",
        rf"(?:train(?:ed|ing|s)?|ran|run|running|fit(?:ted)?)\s+(?:\w+\s+){{0,4}}?(?:for\s+)?(?:about\s+|around\s+|only\s+|a\s+total\s+of\s+)?{VALUE}\s+(?:full\s+|more\s+)?epochs",
        1,
        1e7,
        r"after|at\s|in\s+the|first|last|every|each|per|until|within|warm|around\s+epoch",
        whole=True,
    ),
    _form(
        "epochs",
        rf"(?:(?<=^)|(?<=[,;(/|])\s?|(?<=and\s)|(?<=with\s)|(?<=for\s)|(?<=in\s)){VALUE}\s+epochs(?=\s*(?:$|[,;.)/|]|and\b|with\b|of\s+training|in\s+total))",
        1,
        1e7,
        r"after|at\s|first|last|every|each|per\b|until|within|warm|by\s|past",
        whole=True,
    ),
    _form(
        "max_steps",
        rf"(?:max|total|num|train(?:ing)?|n)_?(?:_train)?_?(?:steps|iters|iterations|updates)(?!\w)\s*(?:=|:|is|was|of|set\s+to)?\s*{VALUE}",
        1,
        1e12,
        whole=True,
    ),
    _form(
        "max_steps",
        rf"(?:train(?:ed|ing|s)?|ran|run|running|are\s+run)\s+(?:\w+\s+){{0,4}}?for\s+(?:about\s+|around\s+|only\s+|a\s+total\s+of\s+)?{VALUE}\s+{STEPS}",
        1,
        1e12,
        r"after|first|last|every|each|per|until|within|warm",
        whole=True,
    ),
    _form(
        "max_steps",
        rf"(?:(?<=^)|(?<=[,;(/|])\s?){VALUE}\s+{STEPS}(?=\s*(?:$|[,;.)/|]|in\s+{NUMBER}\s+epochs|in\s+total|of\s+training))",
        1,
        1e12,
        r"after|at\s|first|last|every|each|per\b|until|within|warm|accum|log|decay",
        whole=True,
    ),
    _form(
        "samples",
        rf"(?:(?<=^)|(?<=on\s)|(?<=to\s)|(?<=of\s)|(?<=only\s)|(?<=has\s)|(?<=have\s)|(?<=with\s)|(?<=contains\s)|(?<=about\s)|(?<=using\s)|(?<=just\s)){VALUE}\s+{ADJECTIVE}(?:images?|samples?|examples?|pictures?|photos?|(?:data\s?)?points?|sentences?|rows|records|molecules|documents|instances|utterances|videos|recordings)(?!\w)",
        2,
        1e12,
        OTHER_SAMPLES,
        whole=True,
    ),
    _form(
        "samples",
        rf"(?:training\s+set|data\s?set|training\s+data)\s+(?:of|has|with|contains|consists\s+of|size\s*[=:]?)\s+(?:about\s+|only\s+|just\s+|around\s+)?{VALUE}(?!\s*(?:class|gb|mb|categor|feature|column|label|epoch|dim))",
        2,
        1e12,
        OTHER_SAMPLES,
        whole=True,
    ),
    # the same in Chinese, where that is more than another name
    _form(
        "warmup_steps", rf"(?:预热|热身|warm[\s_-]?up)\s*了?\s*{VALUE}\s*(?:步|次迭代|个?steps?)", 0, 1e9, whole=True
    ),
    _form("batch_size", rf"(?:批大小|批量大小|批次大小|batch[\s_-]?size\s*大小){IS}{VALUE}", 1, 1e8, whole=True),
    _form("weight_decay", rf"(?:权重衰减|权值衰减|L2正则化?){IS}{VALUE}", 0, 10),
    _form("momentum", rf"动量{IS}{VALUE}", 0, 0.9999),
    _form("clip_norm", rf"(?:梯度裁剪|梯度截断|裁剪梯度)(?:阈值)?[到在]?{IS}{VALUE}", 0, 1e9),
    _form("accumulation_steps", rf"梯度累[积加]了?{IS}{VALUE}\s*(?:步|次|个batch)", 1, 1e6, whole=True),
    _form("", rf"第{VALUE}", 0, 1e12),
    _form(
        "epochs",
        rf"(?:训练|跑|共|总共|一共|迭代)了?\s*{VALUE}\s*(?:个\s*)?(?:epochs?|轮|个周期)(?![之以]?后|的时候|时|左右)",
        1,
        1e7,
        whole=True,
    ),
    _form(
        "max_steps",
        rf"(?:训练|跑|共|总共|一共|迭代)了?\s*{VALUE}\s*(?:步|次|个?steps?|次迭代)(?![之以]?后|的时候|时|左右)",
        1,
        1e12,
        whole=True,
    ),
    _form("layers", rf"{VALUE}\s*个?隐藏?层", 1, 1e5, whole=True, made=lambda value: value + 1),
    _form("layers", rf"{VALUE}\s*层(?:的)?(?:神经)?(?:网络|模型|transformer|卷积|全连接|lstm)", 1, 1e5, whole=True),
    _form("hidden_units", rf"{VALUE}\s*个(?:隐藏?)?(?:神经元|隐藏单元|单元|节点)", 1, 1e7, whole=True),
    _form("classes", rf"{VALUE}\s*(?:个类别|个类|类(?![型似])|分类)", 2, 1e7, whole=True),
    _form(
        "samples",
        rf"{VALUE}\s*[多来]?(?:张|条|个|份)\s*(?:训练)?(?:图片|图像|照片|样本|数据)(?!集)",
        2,
        1e12,
        whole=True,
    ),
    _form(
        "devices",
        rf"{VALUE}\s*[张块]\s*(?:nvidia|tesla|rtx|gtx)?\s*(?:gpu|显卡|卡|[avh]100|v100|t4|[234]0[6-9]0)",
        1,
        1e5,
        whole=True,
    ),
    _form("devices", rf"{VALUE}\s*卡(?![住在])", 1, 1e5, whole=True),
)
"""The forms in the order in which they are looked for: of words that two could take, the first takes them."""
