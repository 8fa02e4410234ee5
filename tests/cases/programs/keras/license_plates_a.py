"""Characters of licence plates, cut out beforehand: 36 classes, 32 x 20 grey pixels."""
from pathlib import Path

import numpy as np
from keras import Sequential
from keras.callbacks import CSVLogger, LearningRateScheduler
from keras.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, Input, MaxPooling2D
from keras.optimizers import Adam

ROOT = Path("plates")
START_LR = 1e-3
GLYPHS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def read(part):
    pixels = np.load(ROOT / f"{part}_glyphs.npy").astype(np.float32)[..., None]
    names = (ROOT / f"{part}_names.txt").read_text().split()
    return pixels / 127.5 - 1.0, np.array([GLYPHS.index(n) for n in names])


def schedule(epoch, lr):
    """Halve the rate every five epochs."""
    return lr * 0.5 ** (epoch // 5)


def network():
    net = Sequential([Input((32, 20, 1))])
    for filters in (32, 64):
        net.add(Conv2D(filters, 3, padding="same", activation="relu"))
        net.add(BatchNormalization())
        net.add(MaxPooling2D(pool_size=2))
    net.add(Flatten())
    net.add(Dense(128, activation="relu"))
    net.add(Dropout(0.5))
    net.add(Dense(len(GLYPHS), activation="softmax"))
    net.compile(loss="sparse_categorical_crossentropy", optimizer=Adam(START_LR), metrics=["accuracy"])
    return net


if __name__ == "__main__":
    x, y = read("train")
    xv, yv = read("valid")
    net = network()
    history = net.fit(
        x,
        y,
        batch_size=100,
        epochs=40,
        validation_data=(xv, yv),
        callbacks=[LearningRateScheduler(schedule, verbose=1), CSVLogger("plates.csv")],
    )
    print("best", max(history.history["val_accuracy"]))
    net.save("plates.keras")
