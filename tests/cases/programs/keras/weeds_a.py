import numpy as np
from keras import callbacks, layers, models, optimizers
from sklearn.model_selection import train_test_split

images = np.load("weeds_x.npy").astype("float32") / 255
labels = np.load("weeds_y.npy")
x_train, x_valid, y_train, y_valid = train_test_split(images, labels, test_size=0.2, stratify=labels, random_state=9)

model = models.Sequential(
    [
        layers.Input(shape=(64, 64, 3)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"),
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(64, activation="relu"),
        layers.Dense(12, activation="softmax"),
    ]
)
model.compile(optimizers.Adam(learning_rate=5e-4), "sparse_categorical_crossentropy", metrics=["accuracy"])
stop = callbacks.EarlyStopping(monitor="val_loss", patience=5, restore_best_weights=True)
model.fit(x_train, y_train, epochs=80, batch_size=32, validation_data=(x_valid, y_valid), callbacks=[stop])
print(model.evaluate(x_valid, y_valid))
