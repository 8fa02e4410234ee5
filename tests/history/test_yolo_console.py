from tests.history.files import cells, is_sound, read

HEAD = "      Epoch    GPU_mem   box_loss   obj_loss   cls_loss  Instances       Size\n"


def test_the_last_line_of_each_epoch_counts(tmp_path):
    text = "Starting training for 3 epochs...\n"
    for epoch in range(3):
        text += f"\n{HEAD}"
        text += f"       {epoch}/2      3.9G     9.9999    9.99999     9.9999        52        640:  50%|##  | 12/25\r"
        text += (
            f"       {epoch}/2      3.9G     0.12{epoch}4    0.06516       nan       52        640: 100%|##| 25/25\n"
        )
        text += (
            "                 Class     Images  Instances          P          R      mAP50   mAP50-95: 100%|##| 4/4\n"
        )
        text += "                   all        128        929      0.642      0.514      0.558      0.361\n"
    history = read(tmp_path, text + "3 epochs completed in 0.012 hours.\n", "nohup.out")
    assert is_sound(history)
    assert history.format == "yolo output"
    assert list(history.step) == [0, 1, 2]
    assert cells(history, "train_loss/box") == [0.1204, 0.1214, 0.1224]
    assert cells(history, "train_loss/cls") == ["nan"] * 3
