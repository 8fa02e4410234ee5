from keras import Sequential, layers, optimizers
from keras.applications import VGG16
from keras.utils import image_dataset_from_directory

cfg = {"size": (150, 150), "batch": 20, "epochs": 30, "lr": 1e-4}

train = image_dataset_from_directory("leaves/train", label_mode="categorical", image_size=cfg["size"], batch_size=cfg["batch"])
valid = image_dataset_from_directory("leaves/valid", label_mode="categorical", image_size=cfg["size"], batch_size=cfg["batch"])

conv_base = VGG16(weights="imagenet", include_top=False, input_shape=(150, 150, 3))
model = Sequential()
model.add(layers.Rescaling(1.0 / 255))
model.add(conv_base)
model.add(layers.Flatten())
model.add(layers.Dense(256, activation="relu"))
model.add(layers.Dense(len(train.class_names), activation="softmax"))
model.trainable = False

model.compile(
    loss="categorical_crossentropy",
    optimizer=optimizers.RMSprop(learning_rate=cfg["lr"]),
    metrics=["acc"],
)
model.fit(train, epochs=cfg["epochs"], validation_data=valid)
model.save("leaves.keras")
