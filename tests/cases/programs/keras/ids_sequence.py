import math
import os

import numpy as np
import pandas as pd
from keras.callbacks import CSVLogger, LearningRateScheduler, ModelCheckpoint
from keras.layers import Activation, Add, BatchNormalization, Conv2D, Dense, GlobalAveragePooling2D, Input
from keras.models import Model
from keras.optimizers import SGD
from keras.preprocessing.image import img_to_array, load_img
from keras.regularizers import l2
from keras.utils import Sequence, to_categorical

DIR = "animals"
SIDE = 112
BATCH = 32
EPOCHS = 90
DECAY = 1e-4
MEAN = np.array([0.485, 0.456, 0.406])
STD = np.array([0.229, 0.224, 0.225])


class Animals(Sequence):
    def __init__(self, frame, n_classes, batch_size, train):
        self.paths = frame["path"].values
        self.labels = frame["label"].values
        self.n_classes = n_classes
        self.batch_size = batch_size
        self.train = train
        self.indexes = np.arange(len(self.paths))
        self.on_epoch_end()

    def __len__(self):
        return int(math.ceil(len(self.paths) / self.batch_size))

    def __getitem__(self, k):
        idx = self.indexes[k * self.batch_size : (k + 1) * self.batch_size]
        x = np.stack([self._image(self.paths[i]) for i in idx])
        return x, to_categorical(self.labels[idx], self.n_classes)

    def _image(self, path):
        im = img_to_array(load_img(os.path.join(DIR, path), target_size=(SIDE, SIDE))) / 255.0
        if self.train and np.random.rand() < 0.5:
            im = im[:, ::-1]
        return (im - MEAN) / STD

    def on_epoch_end(self):
        if self.train:
            np.random.shuffle(self.indexes)


def unit(x, filters, strides=1):
    y = Conv2D(filters, 3, strides=strides, padding="same", kernel_initializer="he_normal", kernel_regularizer=l2(DECAY))(x)
    y = Activation("relu")(BatchNormalization()(y))
    y = Conv2D(filters, 3, padding="same", kernel_initializer="he_normal", kernel_regularizer=l2(DECAY))(y)
    y = BatchNormalization()(y)
    if strides > 1:
        x = Conv2D(filters, 1, strides=strides, kernel_initializer="he_normal", kernel_regularizer=l2(DECAY))(x)
    return Activation("relu")(Add()([x, y]))


def resnet(n_classes):
    inp = Input(shape=(SIDE, SIDE, 3))
    x = Conv2D(32, 3, strides=2, padding="same", kernel_initializer="he_normal")(inp)
    x = Activation("relu")(BatchNormalization()(x))
    x = unit(unit(x, 32), 32)
    x = unit(unit(x, 64, 2), 64)
    x = unit(unit(x, 128, 2), 128)
    x = GlobalAveragePooling2D()(x)
    return Model(inputs=inp, outputs=Dense(n_classes, activation="softmax")(x))


def step_decay(epoch):
    return 0.05 * 0.1 ** (epoch // 30)


train_df = pd.read_csv(os.path.join(DIR, "train.csv"))
valid_df = pd.read_csv(os.path.join(DIR, "valid.csv"))
n_classes = train_df["label"].nunique()
train_gen = Animals(train_df, n_classes, BATCH, train=True)
valid_gen = Animals(valid_df, n_classes, BATCH, train=False)

model = resnet(n_classes)
model.compile(loss="categorical_crossentropy", optimizer=SGD(lr=0.05, momentum=0.9, nesterov=True), metrics=["accuracy"])
model.fit_generator(
    train_gen,
    steps_per_epoch=len(train_gen),
    epochs=EPOCHS,
    validation_data=valid_gen,
    validation_steps=len(valid_gen),
    callbacks=[
        LearningRateScheduler(step_decay),
        CSVLogger("animals.csv"),
        ModelCheckpoint("animals.h5", monitor="val_acc", save_best_only=True),
    ],
    shuffle=False,
    workers=4,
)
