"""
Denoising of hand-drawn sketches (QuickDraw bitmaps) by a convolutional autoencoder.
"""

import numpy as np
from tensorflow.keras import layers
from tensorflow.keras.models import Model


def preprocess(array):
    """Scales to [0, 1] and gives each drawing one channel."""
    array = array.astype("float32") / 255.0
    return np.reshape(array, (len(array), 28, 28, 1))


def noise(array):
    """Adds random noise to each drawing."""
    noise_factor = 0.4
    noisy_array = array + noise_factor * np.random.normal(loc=0.0, scale=1.0, size=array.shape)
    return np.clip(noisy_array, 0.0, 1.0)


drawings = np.concatenate([np.load(f"quickdraw/{name}.npy")[:12000] for name in ("cat", "bicycle", "tree", "clock")])
np.random.seed(0)
drawings = preprocess(drawings[np.random.permutation(len(drawings))])
train_data, test_data = drawings[:40000], drawings[40000:]
noisy_train_data = noise(train_data)
noisy_test_data = noise(test_data)

input = layers.Input(shape=(28, 28, 1))

# Encoder
x = layers.Conv2D(32, (3, 3), activation="relu", padding="same")(input)
x = layers.MaxPooling2D((2, 2), padding="same")(x)
x = layers.Conv2D(32, (3, 3), activation="relu", padding="same")(x)
x = layers.MaxPooling2D((2, 2), padding="same")(x)

# Decoder
x = layers.Conv2DTranspose(32, (3, 3), strides=2, activation="relu", padding="same")(x)
x = layers.Conv2DTranspose(32, (3, 3), strides=2, activation="relu", padding="same")(x)
x = layers.Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x)

autoencoder = Model(input, x)
autoencoder.compile(optimizer="adam", loss="binary_crossentropy")
autoencoder.summary()

autoencoder.fit(
    x=noisy_train_data,
    y=train_data,
    epochs=50,
    batch_size=128,
    shuffle=True,
    validation_data=(noisy_test_data, test_data),
)
predictions = autoencoder.predict(noisy_test_data)
print("mean absolute error of a pixel:", np.abs(predictions - test_data).mean())
