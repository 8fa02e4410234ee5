import glob
import os
import re

import tensorflow as tf

from speech_data import make_dataset
from speech_model import make_model

OUT = "ckpt"
EPOCHS = 100

os.makedirs(OUT, exist_ok=True)
train_ds, dev_ds = make_dataset("train"), make_dataset("dev")

saved = sorted(glob.glob(os.path.join(OUT, "model_*.weights.h5")))
first = 0
model = make_model()
if saved:
    model.load_weights(saved[-1])
model.compile(optimizer=tf.keras.optimizers.Adam(5e-4), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
if saved:
    first = int(re.findall(r"model_(\d+)", saved[-1])[0])

save = tf.keras.callbacks.ModelCheckpoint(os.path.join(OUT, "model_{epoch:03d}.weights.h5"), save_weights_only=True)
model.fit(train_ds, validation_data=dev_ds, epochs=EPOCHS, initial_epoch=first, callbacks=[save])
