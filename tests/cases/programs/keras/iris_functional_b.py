import tensorflow as tf
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

X, y = load_iris(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=5, stratify=y)
ss = StandardScaler().fit(X_train)
X_train, X_test = ss.transform(X_train), ss.transform(X_test)


def build(n_in, n_out, units=(16, 16)):
    inp = tf.keras.Input((n_in,))
    x = inp
    for u in units:
        x = tf.keras.layers.Dense(u, activation=tf.nn.relu)(x)
    return tf.keras.Model(inp, tf.keras.layers.Dense(n_out)(x))


net = build(4, 3)
net.compile(
    optimizer=tf.keras.optimizers.Adam(1e-3),
    loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
net.fit(X_train, y_train, epochs=200, batch_size=16, verbose=0)
print(net.evaluate(X_test, y_test))
