import keras
import numpy as np
from keras import layers, ops

LATENT_DIM = 64
KL_WEIGHT = 5e-4
BATCH, EPOCHS = 96, 60


class Sampling(layers.Layer):
    def __init__(self, weight, **kwargs):
        super().__init__(**kwargs)
        self.weight = weight
        self.seed_generator = keras.random.SeedGenerator(1)

    def call(self, inputs):
        mean, log_var = inputs
        kl = -0.5 * ops.mean(ops.sum(1 + log_var - ops.square(mean) - ops.exp(log_var), axis=1))
        self.add_loss(self.weight * kl)
        epsilon = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_var) * epsilon


def encoder_block(x, filters):
    x = layers.Conv2D(filters, 4, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.LeakyReLU(negative_slope=0.2)(x)


def decoder_block(x, filters):
    x = layers.Conv2DTranspose(filters, 4, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.LeakyReLU(negative_slope=0.2)(x)


def build_vae(side=64):
    image = keras.Input((side, side, 3))
    x = image
    for f in (32, 64, 128, 256):
        x = encoder_block(x, f)
    x = layers.Flatten()(x)
    mean = layers.Dense(LATENT_DIM, name="mean")(x)
    log_var = layers.Dense(LATENT_DIM, name="log_var")(x)
    z = Sampling(KL_WEIGHT, name="z")([mean, log_var])

    latent = keras.Input((LATENT_DIM,))
    y = layers.Dense(4 * 4 * 256)(latent)
    y = layers.Reshape((4, 4, 256))(y)
    for f in (128, 64, 32):
        y = decoder_block(y, f)
    y = layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="tanh")(y)
    decoder = keras.Model(latent, y, name="decoder")
    return keras.Model(image, decoder(z), name="vae"), decoder


def reconstruction(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred), axis=(1, 2, 3))


class Grid(keras.callbacks.Callback):
    def __init__(self, decoder, n=16):
        super().__init__()
        self.decoder = decoder
        self.codes = np.random.default_rng(0).normal(size=(n, LATENT_DIM)).astype("float32")

    def on_epoch_end(self, epoch, logs=None):
        if epoch % 5:
            return
        faces = np.asarray(self.decoder(self.codes, training=False))
        rows = [np.concatenate(list(faces[i : i + 4]), axis=1) for i in range(0, len(faces), 4)]
        keras.utils.save_img(f"faces_{epoch:03d}.png", (np.concatenate(rows) + 1) * 127.5, scale=False)


faces = np.load("faces_64.npy").astype("float32") / 127.5 - 1.0
order = np.random.default_rng(5).permutation(len(faces))
n_val = len(faces) // 10
x_val, x_train = faces[order[:n_val]], faces[order[n_val:]]

vae, decoder = build_vae()
vae.compile(optimizer=keras.optimizers.Adam(learning_rate=5e-4), loss=reconstruction)
vae.fit(x_train, x_train, batch_size=BATCH, epochs=EPOCHS, validation_data=(x_val, x_val), callbacks=[Grid(decoder)])
decoder.save("face_decoder.keras")
