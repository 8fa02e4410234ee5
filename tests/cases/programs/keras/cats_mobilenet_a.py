import tensorflow as tf
from tensorflow.keras import layers
from tensorflow.keras.applications import MobileNetV2
from tensorflow.keras.applications.mobilenet_v2 import preprocess_input

SHAPE = (160, 160)
BATCH = 32

train_dataset = tf.keras.utils.image_dataset_from_directory("cats_and_dogs/train", shuffle=True, batch_size=BATCH, image_size=SHAPE)
validation_dataset = tf.keras.utils.image_dataset_from_directory("cats_and_dogs/validation", batch_size=BATCH, image_size=SHAPE)

base_model = MobileNetV2(input_shape=SHAPE + (3,), include_top=False, weights="imagenet")
base_model.trainable = False

inputs = tf.keras.Input(shape=SHAPE + (3,))
x = preprocess_input(inputs)
x = base_model(x, training=False)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dropout(0.2)(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = tf.keras.Model(inputs, outputs)

model.compile(optimizer=tf.keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(train_dataset, epochs=10, validation_data=validation_dataset)

# fine-tune the whole network
base_model.trainable = True
model.compile(optimizer=tf.keras.optimizers.Adam(1e-4), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(train_dataset, epochs=20, initial_epoch=10, validation_data=validation_dataset)
