from tests.history.files import cells, is_sound, read


def bar(epoch, done, rest):
    return f"Epoch {epoch}: {done * 2:3d}%|████▌     | {done}/50 [00:10<00:01,  4.95it/s, {rest}]"


def test_over_several_epochs_the_last_state_of_each_counts(tmp_path):
    text = "GPU available: True\n  | Name | Type | Params\n"
    for epoch in range(4):
        text += "".join("\r" + bar(epoch, done, f"loss=9.{done}, v_num=0") for done in (1, 25))
        text += "\rValidation DataLoader 0: 100%|██████████| 5/5 [00:01<00:00,  9.1it/s, loss=77]"
        text += "\r" + bar(epoch, 50, f"loss=0.{epoch}, v_num=0, val_loss=1.{epoch}") + "\n"
    history = read(tmp_path, text, "nohup.out")
    assert is_sound(history)
    assert history.format == "progress bars"
    assert history.step_unit == "epoch"
    assert cells(history, "train_loss") == [0.0, 0.1, 0.2, 0.3]
    assert cells(history, "val_loss") == [1.0, 1.1, 1.2, 1.3]


def test_of_a_single_epoch_every_state_counts(tmp_path):
    text = "".join("\r" + bar(0, done, f"loss={done}e-2, v_num=0") for done in (1, 25, 50))
    history = read(tmp_path, text, "nohup.out")
    assert list(history.step) == [1, 25, 50]
    assert cells(history, "train_loss") == [0.01, 0.25, 0.5]


def test_a_loss_in_the_label_of_a_bar(tmp_path):
    text = "".join(f"\rloss: 0.{n}000:  45%|####5     | {n}/10 [00:01<00:01,  6.4it/s]" for n in (1, 2, 3, 4))
    history = read(tmp_path, text, "nohup.out")
    assert cells(history, "train_loss") == [0.1, 0.2, 0.3, 0.4]
    assert list(history.step) == [1, 2, 3, 4]
