import csv

import cv2
import numpy as np
import sklearn.utils
from keras.layers import Conv2D, Cropping2D, Dense, Dropout, Flatten, Lambda
from keras.models import Sequential
from sklearn.model_selection import train_test_split

samples = []
with open("driving_log.csv") as f:
    for line in csv.reader(f):
        samples.append((line[0], float(line[3])))
train_samples, validation_samples = train_test_split(samples, test_size=0.2)
BATCH = 32


def generator(samples, batch_size):
    samples = sklearn.utils.shuffle(samples)
    while True:
        for offset in range(0, len(samples), batch_size):
            batch = samples[offset : offset + batch_size]
            images = [cv2.cvtColor(cv2.imread(name), cv2.COLOR_BGR2RGB) for name, _ in batch]
            angles = [angle for _, angle in batch]
            yield np.array(images), np.array(angles)


model = Sequential()
model.add(Lambda(lambda x: x / 255.0 - 0.5, input_shape=(160, 320, 3)))
model.add(Cropping2D(cropping=((70, 25), (0, 0))))
model.add(Conv2D(24, (5, 5), strides=(2, 2), activation="relu"))
model.add(Conv2D(36, (5, 5), strides=(2, 2), activation="relu"))
model.add(Conv2D(48, (5, 5), strides=(2, 2), activation="relu"))
model.add(Flatten())
model.add(Dropout(0.5))
model.add(Dense(100, activation="relu"))
model.add(Dense(1))
model.compile(loss="mse", optimizer="adam")
model.fit_generator(
    generator(train_samples, BATCH),
    steps_per_epoch=int(np.ceil(len(train_samples) / BATCH)),
    validation_data=generator(validation_samples, BATCH),
    validation_steps=int(np.ceil(len(validation_samples) / BATCH)),
    epochs=5,
)
