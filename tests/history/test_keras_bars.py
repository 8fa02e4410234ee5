from tests.history.files import cells, is_sound, read


def test_the_last_state_of_a_bar_counts(tmp_path):
    text = "Train on 1000 samples\n"
    for epoch in (1, 2):
        text += f"Epoch {epoch}/2\n"
        text += "".join(f"\r {n}/100 [==>......] - ETA: 1s - loss: 9.{n} - accuracy: 0.1" + "\b" * 60 for n in (10, 50))
        text += f"\r100/100 [==============================] - 2s 10ms/step - loss: {epoch}.5 - accuracy: 0.8 "
        text += f"- val_loss: {epoch}.75 - val_accuracy: 0.7\n"
    text += "313/313 [==============================] - 1s 2ms/step - loss: 77.0 - accuracy: 0.8\n"
    history = read(tmp_path, text, "nohup.out")
    assert is_sound(history)
    assert history.format == "keras output"
    assert list(history.step) == [1, 2]
    assert cells(history, "train_loss") == [1.5, 2.5]
    assert cells(history, "val_loss") == [1.75, 2.75]
    assert cells(history, "val_accuracy") == [0.7, 0.7]


def test_bars_of_keras_3_in_colours(tmp_path):
    text = "".join(
        f"Epoch {epoch}/3\n\x1b[1m 1/100\x1b[0m \x1b[32m━\x1b[0m\x1b[37m━━━━━━━━━\x1b[0m \x1b[1m9s\x1b[0m "
        "99ms/step - loss: 7.0"
        "\b\b\b\r\x1b[1m100/100\x1b[0m \x1b[32m━━━━━━━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m2s\x1b[0m 10ms/step - "
        f"accuracy: 0.5000 - loss: 0.{epoch}000 - val_accuracy: 0.4000 - val_loss: nan\n"
        for epoch in (1, 2, 3)
    )
    history = read(tmp_path, text, "output.txt")
    assert cells(history, "train_loss") == [0.1, 0.2, 0.3]
    assert cells(history, "val_loss") == ["nan"] * 3


def test_a_line_for_each_epoch(tmp_path):
    text = "".join(
        f"Epoch {n}/3\n100/100 - 2s - loss: 0.{n} - val_loss: 0.6 - 2s/epoch - 20ms/step\n" for n in (1, 2, 3)
    )
    assert cells(read(tmp_path, text, "log"), "train_loss") == [0.1, 0.2, 0.3]
