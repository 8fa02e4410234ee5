from keras import Input, Model
from keras.layers import AveragePooling2D, Conv2D, Dense, Flatten, Rescaling
from keras.optimizers import Adam
from keras.utils import image_dataset_from_directory

size = 128
common = dict(directory="coins", image_size=(size, size), validation_split=0.2, seed=17, batch_size=32, color_mode="grayscale")
train = image_dataset_from_directory(subset="training", **common)
valid = image_dataset_from_directory(subset="validation", **common)
n = len(train.class_names)

image = Input((size, size, 1))
f = Rescaling(1 / 127.5, offset=-1)(image)
f = Conv2D(32, 3, padding="same", activation="relu")(f)
f = AveragePooling2D(pool_size=2, strides=4)(f)
f = Conv2D(64, 3, padding="same", activation="relu")(f)
f = AveragePooling2D(2)(f)
f = Conv2D(64, 3, padding="same", activation="relu")(f)
f = Flatten()(f)
f = Dense(128, activation="relu")(f)
label = Dense(n, activation="softmax")(f)

model = Model(image, label)
model.compile(Adam(3e-4), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=valid, epochs=25)
