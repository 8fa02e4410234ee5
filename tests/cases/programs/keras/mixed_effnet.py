import argparse
import math
import os

import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers, mixed_precision

AUTOTUNE = tf.data.AUTOTUNE


def get_args():
    p = argparse.ArgumentParser()
    p.add_argument("--train-dir", required=True)
    p.add_argument("--val-dir", required=True)
    p.add_argument("--image-size", type=int, default=192)
    p.add_argument("--batch-size", type=int, default=128)
    p.add_argument("--epochs", type=int, default=50)
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--weight-decay", type=float, default=0.02)
    p.add_argument("--log-dir", default="logs/effnet")
    return p.parse_args()


def load(directory, args, training):
    ds = keras.utils.image_dataset_from_directory(
        directory,
        label_mode="categorical",
        image_size=(args.image_size, args.image_size),
        batch_size=args.batch_size,
        shuffle=training,
    )
    return ds, ds.class_names


def build(args, n_classes):
    augment = keras.Sequential(
        [layers.RandomFlip("horizontal"), layers.RandomRotation(0.05), layers.RandomZoom(0.1), layers.RandomContrast(0.1)],
        name="augment",
    )
    inputs = keras.Input((args.image_size, args.image_size, 3))
    x = augment(inputs)
    x = layers.Rescaling(1 / 127.5, offset=-1)(x)
    for i, f in enumerate((32, 64, 128, 256)):
        x = layers.SeparableConv2D(f, 3, padding="same", use_bias=False, name=f"sep{i}")(x)
        x = layers.BatchNormalization()(x)
        x = layers.Activation("swish")(x)
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.3)(x)
    x = layers.Dense(n_classes)(x)
    outputs = layers.Activation("softmax", dtype="float32")(x)
    return keras.Model(inputs, outputs)


class EpochRate(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        step = self.model.optimizer.iterations
        rate = self.model.optimizer.learning_rate
        value = rate(step) if callable(rate) else rate
        print(f"  rate after epoch {epoch}: {float(value):.2e}")


def main():
    args = get_args()
    os.makedirs(args.log_dir, exist_ok=True)
    mixed_precision.set_global_policy("mixed_float16")

    train, names = load(args.train_dir, args, True)
    val, _ = load(args.val_dir, args, False)
    steps = int(train.cardinality())
    train, val = train.prefetch(AUTOTUNE), val.prefetch(AUTOTUNE)

    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        warmup_target=args.lr,
        warmup_steps=3 * steps,
        decay_steps=(args.epochs - 3) * steps,
    )
    model = build(args, len(names))
    model.compile(
        optimizer=keras.optimizers.AdamW(schedule, weight_decay=args.weight_decay),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=["accuracy"],
    )
    model.summary()
    print("steps an epoch:", steps, "updates:", args.epochs * steps, "chance:", math.log(len(names)))
    model.fit(
        train,
        validation_data=val,
        epochs=args.epochs,
        callbacks=[
            EpochRate(),
            keras.callbacks.ModelCheckpoint(os.path.join(args.log_dir, "best.keras"), monitor="val_accuracy", save_best_only=True),
            keras.callbacks.CSVLogger(os.path.join(args.log_dir, "log.csv")),
        ],
    )


if __name__ == "__main__":
    main()
