"""Classes and functions of layers in PyTorch and Keras, and what kind each is."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["ACTIVATIONS", "WEIGHTED", "activation_of", "kind_of", "loss_kind"]

WEIGHTED = frozenset({"dense", "conv", "recurrent", "attention", "embedding", "batch_norm", "other_norm"})
"""Kinds of layers with weights."""

ACTIVATIONS: Mapping[str, str] = {
    "relu": "relu", "relu6": "relu", "relu_": "relu",
    "leakyrelu": "leaky", "leaky_relu": "leaky", "prelu": "leaky", "rrelu": "leaky", "elu": "smooth", "selu": "smooth",
    "celu": "smooth", "gelu": "smooth", "silu": "smooth", "swish": "smooth", "mish": "smooth", "softplus": "smooth",
    "glu": "smooth", "hardswish": "smooth", "hard_swish": "smooth", "hardsilu": "smooth", "hard_silu": "smooth",
    "exponential": "other", "exp": "other", "thresholdedrelu": "relu", "softsign": "saturating",
    "sigmoid": "sigmoid", "sigmoid_": "sigmoid", "hard_sigmoid": "sigmoid", "hardsigmoid": "sigmoid", "tanh": "tanh",
    "tanh_": "tanh", "hardtanh": "tanh",
    "logsigmoid": "logsigmoid", "softmax": "softmax", "softmax2d": "softmax", "log_softmax": "log_softmax",
    "logsoftmax": "log_softmax", "linear": "", "identity": "",
}  # fmt: skip
"""Name in small letters -> sort; an empty one does nothing."""

_KINDS: Mapping[str, str] = {
    "Linear": "dense", "LazyLinear": "dense", "Dense": "dense", "Bilinear": "dense", "EinsumDense": "dense",
    "NoisyLinear": "dense",
    "Conv1d": "conv", "Conv2d": "conv", "Conv3d": "conv", "LazyConv1d": "conv", "LazyConv2d": "conv",
    "Conv1D": "conv", "Conv2D": "conv", "Conv3D": "conv", "Convolution1D": "conv", "Convolution2D": "conv",
    "Convolution3D": "conv", "SeparableConv1D": "conv", "SeparableConv2D": "conv", "DepthwiseConv2D": "conv",
    "ConvTranspose1d": "conv", "ConvTranspose2d": "conv", "ConvTranspose3d": "conv", "Conv1DTranspose": "conv",
    "Conv2DTranspose": "conv", "Conv3DTranspose": "conv", "AtrousConvolution2D": "conv", "Deconvolution2D": "conv",
    "LSTM": "recurrent", "GRU": "recurrent", "RNN": "recurrent", "SimpleRNN": "recurrent", "LSTMCell": "recurrent",
    "GRUCell": "recurrent", "RNNCell": "recurrent", "CuDNNLSTM": "recurrent", "CuDNNGRU": "recurrent",
    "Bidirectional": "recurrent", "ConvLSTM2D": "recurrent",
    "MultiheadAttention": "attention", "MultiHeadAttention": "attention", "TransformerEncoder": "attention",
    "TransformerEncoderLayer": "attention", "TransformerDecoder": "attention", "TransformerDecoderLayer": "attention",
    "Transformer": "attention", "Attention": "attention", "AdditiveAttention": "attention",
    "GroupQueryAttention": "attention",
    "Embedding": "embedding", "EmbeddingBag": "embedding",
    "BatchNorm1d": "batch_norm", "BatchNorm2d": "batch_norm", "BatchNorm3d": "batch_norm",
    "SyncBatchNorm": "batch_norm", "LazyBatchNorm1d": "batch_norm", "LazyBatchNorm2d": "batch_norm",
    "BatchNormalization": "batch_norm", "SyncBatchNormalization": "batch_norm",
    "LayerNorm": "other_norm", "GroupNorm": "other_norm", "InstanceNorm1d": "other_norm",
    "InstanceNorm2d": "other_norm", "InstanceNorm3d": "other_norm", "RMSNorm": "other_norm",
    "LocalResponseNorm": "other_norm", "LayerNormalization": "other_norm", "GroupNormalization": "other_norm",
    "UnitNormalization": "other_norm", "InstanceNormalization": "other_norm", "RMSNormalization": "other_norm",
    "Dropout": "dropout", "Dropout1d": "dropout", "Dropout2d": "dropout", "Dropout3d": "dropout",
    "AlphaDropout": "dropout", "FeatureAlphaDropout": "dropout", "SpatialDropout1D": "dropout",
    "SpatialDropout2D": "dropout", "SpatialDropout3D": "dropout", "GaussianDropout": "dropout",
    "GaussianNoise": "dropout",
    "MaxPool1d": "pool", "MaxPool2d": "pool", "MaxPool3d": "pool", "AvgPool1d": "pool", "AvgPool2d": "pool",
    "AvgPool3d": "pool", "MaxPooling1D": "pool", "MaxPooling2D": "pool", "MaxPooling3D": "pool",
    "MaxPool1D": "pool", "MaxPool2D": "pool", "MaxPool3D": "pool",
    "AveragePooling1D": "pool", "AveragePooling2D": "pool", "AveragePooling3D": "pool", "AvgPool2D": "pool",
    "LPPool2d": "pool", "FractionalMaxPool2d": "pool",
    "AdaptiveAvgPool1d": "pool", "AdaptiveAvgPool2d": "pool", "AdaptiveAvgPool3d": "pool",
    "AdaptiveMaxPool1d": "pool", "AdaptiveMaxPool2d": "pool", "GlobalAveragePooling1D": "pool",
    "GlobalAveragePooling2D": "pool", "GlobalAveragePooling3D": "pool", "GlobalMaxPooling1D": "pool",
    "GlobalMaxPooling2D": "pool", "GlobalMaxPool1D": "pool", "GlobalMaxPool2D": "pool", "GlobalAvgPool2D": "pool",
    "Flatten": "flatten", "Unflatten": "flatten", "Reshape": "flatten", "Permute": "flatten",
    "RepeatVector": "flatten", "PixelShuffle": "neutral",
    "Concatenate": "merge", "Add": "merge", "Multiply": "merge", "Average": "merge", "Maximum": "merge",
    "Minimum": "merge", "Subtract": "merge", "Dot": "merge", "Merge": "merge",
    "Rescaling": "scaling", "Normalization": "scaling",
    "Identity": "neutral", "InputLayer": "neutral", "Input": "neutral", "ZeroPadding1D": "neutral",
    "ZeroPadding2D": "neutral", "ZeroPad2d": "neutral", "ReflectionPad2d": "neutral", "ReplicationPad2d": "neutral",
    "ConstantPad1d": "neutral", "ConstantPad2d": "neutral", "Cropping1D": "neutral", "Cropping2D": "neutral",
    "UpSampling1D": "neutral", "UpSampling2D": "neutral", "UpSampling3D": "neutral", "Upsample": "neutral",
    "UpsamplingBilinear2d": "neutral", "UpsamplingNearest2d": "neutral", "Masking": "neutral", "Resizing": "neutral",
    "CenterCrop": "neutral", "ActivityRegularization": "neutral",
    "RandomFlip": "augmentation", "RandomRotation": "augmentation", "RandomZoom": "augmentation",
    "RandomCrop": "augmentation", "RandomContrast": "augmentation", "RandomTranslation": "augmentation",
    "RandomBrightness": "augmentation", "RandomHeight": "augmentation", "RandomWidth": "augmentation",
}  # fmt: skip

_LOSSES: Mapping[str, str] = {
    "crossentropyloss": "cross_entropy_on_logits", "cross_entropy": "cross_entropy_on_logits",
    "softmax_cross_entropy_with_logits": "cross_entropy_on_logits",
    "softmax_cross_entropy_with_logits_v2": "cross_entropy_on_logits",
    "sparse_softmax_cross_entropy_with_logits": "cross_entropy_on_logits",
    "softmax_cross_entropy": "cross_entropy_on_logits", "sparse_softmax_cross_entropy": "cross_entropy_on_logits",
    "nllloss": "cross_entropy_on_probabilities", "nll_loss": "cross_entropy_on_probabilities",
    "categoricalcrossentropy": "cross_entropy_on_probabilities",
    "categorical_crossentropy": "cross_entropy_on_probabilities",
    "sparsecategoricalcrossentropy": "cross_entropy_on_probabilities",
    "sparse_categorical_crossentropy": "cross_entropy_on_probabilities",
    "bceloss": "binary_cross_entropy", "binary_cross_entropy": "binary_cross_entropy",
    "bcewithlogitsloss": "binary_cross_entropy", "binary_cross_entropy_with_logits": "binary_cross_entropy",
    "sigmoid_cross_entropy_with_logits": "binary_cross_entropy", "binarycrossentropy": "binary_cross_entropy",
    "binary_crossentropy": "binary_cross_entropy",
    "mseloss": "squared_or_absolute_error", "mse_loss": "squared_or_absolute_error",
    "l1loss": "squared_or_absolute_error", "l1_loss": "squared_or_absolute_error",
    "smoothl1loss": "squared_or_absolute_error", "smooth_l1_loss": "squared_or_absolute_error",
    "huberloss": "squared_or_absolute_error", "huber_loss": "squared_or_absolute_error",
    "meansquarederror": "squared_or_absolute_error", "mean_squared_error": "squared_or_absolute_error",
    "mse": "squared_or_absolute_error", "mae": "squared_or_absolute_error",
    "meanabsoluteerror": "squared_or_absolute_error", "mean_absolute_error": "squared_or_absolute_error",
    "huber": "squared_or_absolute_error", "logcosh": "squared_or_absolute_error",
    "log_cosh": "squared_or_absolute_error", "mean_squared_logarithmic_error": "squared_or_absolute_error",
    "mean_absolute_percentage_error": "squared_or_absolute_error", "mape": "squared_or_absolute_error",
    "msle": "squared_or_absolute_error",
    "ctcloss": "alignment_loss", "ctc_loss": "alignment_loss", "ctc_batch_cost": "alignment_loss",
    "ctc": "alignment_loss", "rnntloss": "alignment_loss",
    "dice": "overlap_loss", "tversky": "overlap_loss",
    "multimarginloss": "own_formula", "multi_margin_loss": "own_formula", "tripletmarginloss": "own_formula",
    "triplet_margin_loss": "own_formula", "kldivloss": "own_formula", "kl_div": "own_formula",
    "cosineembeddingloss": "own_formula", "cosine_embedding_loss": "own_formula", "hinge": "own_formula",
    "poissonnllloss": "own_formula", "gaussiannllloss": "own_formula", "marginrankingloss": "own_formula",
    "kl_divergence": "own_formula", "kullback_leibler_divergence": "own_formula", "poisson": "own_formula",
    "kldivergence": "own_formula", "squared_hinge": "own_formula", "categorical_hinge": "own_formula",
    "multilabelmarginloss": "own_formula", "softmarginloss": "own_formula", "hingeembeddingloss": "own_formula",
    "categorical_focal_crossentropy": "own_formula", "binary_focal_crossentropy": "own_formula",
    "binaryfocalcrossentropy": "own_formula", "categoricalfocalcrossentropy": "own_formula",
    "multilabelsoftmarginloss": "binary_cross_entropy",
}  # fmt: skip


def kind_of(name: str) -> str:
    """Kind of a layer by its class; empty for one that is not known."""
    if name in _KINDS:
        return _KINDS[name]
    return "activation" if name.lower() in ACTIVATIONS and name[:1].isupper() else ""


def activation_of(name: str) -> str | None:
    """Sort of an activation by its name; None for one that is not known."""
    return ACTIVATIONS.get(name.rsplit(".", 1)[-1].lower())


def loss_kind(name: str) -> str:
    """State of the loss function by the name of a class, a function or a string; empty for one that is not known."""
    return _LOSSES.get(name.rsplit(".", 1)[-1].lower(), "")
