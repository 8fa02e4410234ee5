import keras
from keras import layers

IMG_SIZE = 224
BATCH_SIZE = 32

# one-hot labels, pixels from 0 to 255: EfficientNet contains its own Rescaling layer
train_ds, val_ds = keras.utils.image_dataset_from_directory(
    "tree_nuts/train",
    label_mode="categorical",
    image_size=(IMG_SIZE, IMG_SIZE),
    batch_size=BATCH_SIZE,
    validation_split=0.15,
    subset="both",
    seed=99,
)
num_classes = len(train_ds.class_names)

img_augmentation_layers = [
    layers.RandomRotation(factor=0.1),
    layers.RandomTranslation(height_factor=0.1, width_factor=0.1),
    layers.RandomFlip(),
]


def img_augmentation(images):
    for layer in img_augmentation_layers:
        images = layer(images)
    return images


train_ds = train_ds.map(lambda x, y: (img_augmentation(x), y)).prefetch(2)
val_ds = val_ds.prefetch(2)


def build_model(num_classes):
    inputs = layers.Input(shape=(IMG_SIZE, IMG_SIZE, 3))
    base = keras.applications.EfficientNetB0(include_top=False, weights="imagenet", pooling="avg")
    base.trainable = False

    x = base(inputs, training=False)
    x = layers.Dropout(0.2, name="top_dropout")(x)
    outputs = layers.Dense(num_classes, activation="softmax", name="pred")(x)
    return keras.Model(inputs, outputs, name="EfficientNet"), base


model, base = build_model(num_classes)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, epochs=15, validation_data=val_ds)

base.trainable = True
for layer in base.layers[:-20]:
    layer.trainable = False
model.compile(optimizer=keras.optimizers.Adam(1e-5), loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, epochs=5, validation_data=val_ds)
model.save("nuts.keras")
