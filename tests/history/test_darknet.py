from tests.history.files import cells, is_sound, read

REGION = "Region 82 Avg IOU: -nan, Class: -nan, Obj: -nan, No Obj: 0.451234, .5R: -nan, .75R: -nan,  count: 0\n"


def test_only_summary_lines_count_however_many_nan_the_layers_show(tmp_path):
    text = "yolov3\nlayer     filters    size              input                output\nLearning Rate: 0.001\n"
    for batch in range(1, 6):
        text += REGION * 300 + f"\n {batch}: {1000 / batch:.6f}, {1100 / batch:.6f} avg loss, 0.001000 rate, "
        text += f"3.214512 seconds, {batch * 64} images, 5.412345 hours left\nLoaded: 0.000041 seconds\n"
    history = read(tmp_path, text, "nohup.out")
    assert is_sound(history)
    assert history.format == "darknet log"
    assert list(history.step) == [1, 2, 3, 4, 5]
    assert cells(history, "train_loss") == [1000, 500, 333.333333, 250, 200]
    assert cells(history, "learning_rate") == [0.001] * 5


def test_the_older_shape_and_a_loss_that_is_nan(tmp_path):
    text = "".join(
        f"{n}: {v}, 0.973511 avg, 0.001000 rate, 3.2 seconds, 64 images\n" for n, v in [(1, "1.5"), (2, "-nan")]
    )
    assert cells(read(tmp_path, text, "log"), "train_loss") == [1.5, "nan"]


def test_a_classifier_names_its_epoch_too(tmp_path):
    text = "".join(f"{n}, 0.{n}00: 2.3{n}, 2.302585 avg, 0.100000 rate, 0.5 seconds, 128 images\n" for n in (1, 2, 3))
    history = read(tmp_path, text, "log")
    assert list(history.epoch) == [0.1, 0.2, 0.3]
    assert cells(history, "train_loss") == [2.31, 2.32, 2.33]
