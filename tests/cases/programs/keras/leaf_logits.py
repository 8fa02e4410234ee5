import tensorflow as tf

H = W = 128
AUTO = tf.data.AUTOTUNE

train_ds = tf.keras.utils.image_dataset_from_directory("oak_galls", validation_split=0.2, subset="training", seed=21, image_size=(H, W), batch_size=32)
val_ds = tf.keras.utils.image_dataset_from_directory(
    "oak_galls", validation_split=0.2, subset="validation", seed=21, image_size=(H, W), batch_size=32
)
names = train_ds.class_names
train_ds, val_ds = train_ds.prefetch(AUTO), val_ds.prefetch(AUTO)

augment = tf.keras.Sequential([tf.keras.layers.RandomFlip("horizontal"), tf.keras.layers.RandomRotation(0.05)])


def block(filters):
    return [
        tf.keras.layers.Conv2D(filters, 3, padding="same", use_bias=False),
        tf.keras.layers.BatchNormalization(),
        tf.keras.layers.Activation("relu"),
        tf.keras.layers.MaxPooling2D(),
    ]


model = tf.keras.Sequential(
    [
        tf.keras.Input((H, W, 3)),
        augment,
        tf.keras.layers.Rescaling(1.0 / 127.5, offset=-1),
        *block(32),
        *block(64),
        *block(128),
        tf.keras.layers.GlobalAveragePooling2D(),
        tf.keras.layers.Dropout(0.5),
        tf.keras.layers.Dense(len(names)),
    ]
)
model.compile(
    optimizer=tf.keras.optimizers.Adam(),
    loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(
    train_ds,
    validation_data=val_ds,
    epochs=40,
    callbacks=[tf.keras.callbacks.ReduceLROnPlateau(factor=0.3, patience=3), tf.keras.callbacks.EarlyStopping(patience=8)],
)

probability_model = tf.keras.Sequential([model, tf.keras.layers.Softmax()])
for images, labels in val_ds.take(1):
    for p, label in zip(probability_model(images, training=False), labels):
        best = int(tf.argmax(p))
        print(f"{names[best]:<20} {float(p[best]):.2f}   (is {names[int(label)]})")
