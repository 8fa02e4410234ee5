import numpy as np
from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Activation, BatchNormalization, Concatenate, Conv2D, Conv2DTranspose, MaxPooling2D
from tensorflow.keras.optimizers import Adam

BATCH_SIZE = 1


def conv_block(t, f):
    for _ in range(2):
        t = Conv2D(f, 3, padding="same", use_bias=False)(t)
        t = BatchNormalization()(t)
        t = Activation("relu")(t)
    return t


def unet(size):
    inp = Input((size, size, 1))
    c1 = conv_block(inp, 16)
    c2 = conv_block(MaxPooling2D()(c1), 32)
    c3 = conv_block(MaxPooling2D()(c2), 64)
    u2 = conv_block(Concatenate()([Conv2DTranspose(32, 2, strides=2)(c3), c2]), 32)
    u1 = conv_block(Concatenate()([Conv2DTranspose(16, 2, strides=2)(u2), c1]), 16)
    return Model(inp, Conv2D(1, 1, activation="sigmoid")(u1))


imgs, masks = np.load("cells.npy") / 255.0, np.load("cell_masks.npy").astype("float32")
order = np.random.default_rng(1).permutation(len(imgs))
imgs, masks = imgs[order], masks[order]
n = int(0.85 * len(imgs))

model = unet(imgs.shape[1])
model.compile(optimizer=Adam(learning_rate=1e-4), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(imgs[:n], masks[:n], validation_data=(imgs[n:], masks[n:]), batch_size=BATCH_SIZE, epochs=40)
