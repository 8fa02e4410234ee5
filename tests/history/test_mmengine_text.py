from tests.history.files import cells, is_sound, read

NEW = "2023/06/05 20:10:13 - mmengine - INFO - "
OLD = "2021-06-05 20:10:13,123 - mmdet - INFO - "


def test_validation_stands_at_the_last_iteration_before_it(tmp_path):
    text = f"{NEW}\n" + "-" * 60 + "\nSystem environment:\n" + "    sys.platform: linux\n" * 4_000
    for epoch in (1, 2):
        for iteration in (50, 100):
            text += f"{NEW}Epoch(train)   [{epoch}][{iteration:3d}/120]  lr: 1.0e-03  eta: 4:59:11  time: 0.97  "
            text += f"data_time: 0.11  memory: 3112  loss: {3 - epoch}.5  loss_cls: 1.5  loss_bbox: nan\n"
        text += f"{NEW}Epoch(val) [{epoch}][50/117]    eta: 0:00:10  time: 0.2  data_time: 0.1\n"
        text += f"{NEW}Epoch(val) [{epoch}][117/117]    coco/bbox_mAP: 0.31{epoch}  val_loss: 2.{epoch}  time: 0.2\n"
    history = read(tmp_path, text, "20230605.log")
    assert is_sound(history)
    assert history.format == "mmengine log"
    assert list(history.step) == [50, 100, 100, 170, 220, 220]
    assert list(history.epoch) == [1, 1, 1, 2, 2, 2]
    assert cells(history, "train_loss") == [2.5, 2.5, None, 1.5, 1.5, None]
    assert cells(history, "train_loss/cls") == [1.5, 1.5, None, 1.5, 1.5, None]
    assert cells(history, "train_loss/bbox") == ["nan", "nan", None, "nan", "nan", None]


def test_a_log_of_mmcv(tmp_path):
    text = "".join(
        f"{OLD}Epoch [1][{n}/500]\tlr: 2.000e-02, eta: 4:59:11, time: 0.9, data_time: 0.1, memory: 3000, loss: "
        f"{n / 100}, "
        "loss_cls: 0.5\n" for n in (50, 100)
    ) + f"{OLD}Epoch(val) [1][117]\tbbox_mAP: 0.3100, bbox_mAP_50: 0.5, bbox_mAP_copypaste: 0.310 0.500\n"  # fmt: skip
    history = read(tmp_path, text, "log")
    assert list(history.step) == [50, 100, 100]
    assert cells(history, "train_loss") == [0.5, 1.0, None]
    assert cells(history, "learning_rate") == [0.02, 0.02, None]


def test_a_log_by_iterations(tmp_path):
    text = "".join(f"{NEW}Iter(train) [ {n}/80000]  lr: 1.0e-02  eta: 9:59:11  loss: {n / 100}\n" for n in (50, 100))
    history = read(tmp_path, text + f"{NEW}Iter(val) [100/100]    aAcc: 80.1  mIoU: 40.2\n", "log")
    assert list(history.step) == [50, 100, 100]
    assert cells(history, "train_loss") == [0.5, 1.0, None]
