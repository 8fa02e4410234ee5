import tensorflow as tf
from tensorflow.keras import layers
from tensorflow.keras.optimizers import schedules

from snow import get_arrays

BATCH, EPOCHS, LR = 64, 100, 1e-3
DECAY_EVERY = 10  # epochs

(x_train, y_train), (x_val, y_val) = get_arrays(standardize=True)
steps_per_epoch = len(x_train) // BATCH

schedule = schedules.ExponentialDecay(
    initial_learning_rate=LR,
    decay_steps=DECAY_EVERY,
    decay_rate=0.9,
    staircase=True,
)
model = tf.keras.Sequential(
    [layers.Dense(128, activation="relu"), layers.Dense(128, activation="relu"), layers.Dense(1)]
)
model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=schedule), loss="mse", metrics=["mae"])
model.fit(x_train, y_train, batch_size=BATCH, epochs=EPOCHS, validation_data=(x_val, y_val), verbose=2)
