"""Height of the tide in the next hour, read continuously by a recurrent network that keeps its state."""
import keras
import numpy as np

LANES, SPAN = 16, 24

height = np.loadtxt("tide.txt", dtype="float32")
n_train = int(0.8 * len(height))
mean, std = height[:n_train].mean(), height[:n_train].std()
height = (height - mean) / std


def lanes(series):
    """Cut the series into LANES long strips, and these into spans that follow each other from batch to batch."""
    per_lane = (len(series) - 1) // LANES // SPAN * SPAN
    x = np.stack([series[k * per_lane : (k + 1) * per_lane] for k in range(LANES)])
    y = np.stack([series[k * per_lane + 1 : (k + 1) * per_lane + 1] for k in range(LANES)])
    order = lambda a: a.reshape(LANES, -1, SPAN).swapaxes(0, 1).reshape(-1, SPAN, 1)  # noqa: E731
    return order(x), order(y)


class ForgetBetweenEpochs(keras.callbacks.Callback):
    def _reset(self):
        for layer in self.model.layers:
            if getattr(layer, "stateful", False):
                layer.reset_states() if hasattr(layer, "reset_states") else layer.reset_state()

    def on_epoch_begin(self, epoch, logs=None):
        self._reset()

    def on_test_begin(self, logs=None):
        self._reset()


x, y = lanes(height[:n_train])
xv, yv = lanes(height[n_train:])

model = keras.Sequential(
    [
        keras.Input(batch_shape=(LANES, SPAN, 1)),
        keras.layers.GRU(48, return_sequences=True, stateful=True),
        keras.layers.Dense(16, activation="tanh"),
        keras.layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), loss="mse", metrics=["mae"])
model.fit(
    x,
    y,
    batch_size=LANES,
    epochs=25,
    shuffle=False,
    validation_data=(xv, yv),
    callbacks=[ForgetBetweenEpochs()],
)
print("mean error in metres:", model.evaluate(xv, yv, batch_size=LANES, verbose=0)[1] * std)
