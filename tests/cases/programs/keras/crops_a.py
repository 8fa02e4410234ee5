import keras
from keras import layers

from crops import train_ds, val_ds, N_CROPS


class PatchMixer(layers.Layer):
    def __init__(self, tokens, dim):
        super().__init__()
        self.n1, self.n2 = layers.LayerNormalization(), layers.LayerNormalization()
        self.mix = keras.Sequential([layers.Permute((2, 1)), layers.Dense(tokens, activation="gelu"), layers.Dense(tokens), layers.Permute((2, 1))])
        self.ffn = keras.Sequential([layers.Dense(2 * dim, activation="gelu"), layers.Dense(dim)])

    def call(self, x):
        x = x + self.mix(self.n1(x))
        return x + self.ffn(self.n2(x))


image = keras.Input((64, 64, 3))
x = layers.Rescaling(1 / 255)(image)
x = layers.Conv2D(128, 8, strides=8)(x)
x = layers.Reshape((64, 128))(x)
for _ in range(4):
    x = PatchMixer(64, 128)(x)
x = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x))
model = keras.Model(image, layers.Dense(N_CROPS)(x))

model.compile(
    optimizer=keras.optimizers.AdamW(learning_rate=5e-4, weight_decay=0.8),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(train_ds, validation_data=val_ds, epochs=60)
