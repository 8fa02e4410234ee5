from tests.history.files import cells, is_sound, read

PREFIX = "2021-09-03 19:05:28.330 | INFO     | yolox.core.trainer:"


def row(epoch, iteration, loss):
    return (
        f"{PREFIX}after_iter:246 - epoch: {epoch}/300, iter: {iteration}/47, mem: 1491Mb, iter_time: 0.487s, "
        f"data_time: 0.002s, total_loss: {loss}, iou_loss: 1.9, l1_loss: 0.0, conf_loss: 4.9, cls_loss: 4.0, "
        "lr: 7.073e-06, size: 640, ETA: 1:54:27\n"
    )


def test_steps_count_over_epochs_and_the_parts_of_the_loss_are_kept(tmp_path):
    network = f"{PREFIX}before_train:126 - args: Namespace(fp16=True)\n" + "    (conv): Conv2d(3, 32)\n" * 4_000
    text = network + row(1, 10, 10.7) + row(1, 40, 9.5) + f"{PREFIX}save_ckpt:318 - Save weights\n" + row(2, 10, "nan")
    text += "Average forward time: 23.43 ms, Average NMS time: 0.00 ms\n"
    history = read(tmp_path, text, "train_log.txt")
    assert is_sound(history)
    assert history.format == "yolox log"
    assert list(history.step) == [10, 40, 57]
    assert list(history.epoch) == [1, 1, 2]
    assert cells(history, "train_loss") == [10.7, 9.5, "nan"]
    assert cells(history, "train_loss/conf") == [4.9] * 3
    assert cells(history, "learning_rate") == [7.073e-06] * 3
