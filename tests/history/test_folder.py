import struct

import pytest

from tests.history.files import cells
from triage.errors import HistoryError, SeveralRunsError
from triage.history import read_history
from triage.history.tfrecord import masked_crc

LIGHTNING = "epoch,step,train_loss,val_loss\n0,49,0.71,\n0,62,,0.68\n1,99,0.51,\n"
STATE = '{"log_history": [%s], "global_step": 20}'


def written(folder, **files):
    """Write files below a folder; ``__`` stands for a slash in their names."""
    for name, content in files.items():
        write(folder, name.replace("__", "/"), content)
    return folder


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def event(step, tag, value):
    """A TFRecord with a scalar."""
    name = tag.encode()
    scalar = b"\x0a" + bytes([len(name)]) + name + b"\x15" + struct.pack("<f", value)
    summary = b"\x0a" + bytes([len(scalar)]) + scalar
    data = b"\x09" + struct.pack("<d", 1.7e9) + b"\x10" + varint(step) + b"\x2a" + bytes([len(summary)]) + summary
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked_crc(length)) + data + struct.pack("<I", masked_crc(data))


def varint(number):
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def events(tag, *points):
    return b"".join(event(step, tag, value) for step, value in points)


def states(*steps):
    return STATE % ", ".join(f'{{"step": {step}, "loss": {1 / step}}}' for step in steps)


def runs_of(folder, run=""):
    with pytest.raises(SeveralRunsError) as caught:
        read_history(folder, run=run)
    assert "\n" not in str(caught.value)
    return list(caught.value.runs)


def test_a_version_of_lightning_is_read_beside_its_settings_and_events(tmp_path):
    write(tmp_path, "version_0/metrics.csv", LIGHTNING)
    write(tmp_path, "version_0/hparams.yaml", "lr: 0.1\n")
    write(tmp_path, "version_0/events.out.tfevents.1.host", events("train_loss", (1, 9.0)))
    history = read_history(tmp_path / "version_0")
    assert cells(history, "train_loss") == [0.71, None, 0.51]
    assert history.files == (str(tmp_path / "version_0" / "metrics.csv"),)


def test_several_versions_are_several_runs_in_the_order_of_their_numbers(tmp_path):
    for number in (10, 2, 0):
        write(tmp_path, f"lightning_logs/version_{number}/metrics.csv", LIGHTNING)
    assert runs_of(tmp_path) == ["version_0", "version_2", "version_10"]
    assert read_history(tmp_path, run="version_2").files == (str(tmp_path / "lightning_logs/version_2/metrics.csv"),)
    assert read_history(tmp_path, {"run": "version_10"}).files[0].endswith("version_10/metrics.csv")


def test_of_the_checkpoints_of_hugging_face_the_last_is_read(tmp_path):
    for number in (5, 10, 20):
        write(tmp_path, f"checkpoint-{number}/trainer_state.json", states(*range(5, number + 1, 5)))
    assert read_history(tmp_path).step.tolist() == [5, 10, 15, 20]
    write(tmp_path, "trainer_state.json", states(5, 10, 15, 20, 25))
    assert read_history(tmp_path).step.tolist() == [5, 10, 15, 20, 25]


def test_a_checkpoint_that_was_being_written_is_passed_over(tmp_path):
    write(tmp_path, "checkpoint-5/trainer_state.json", states(5))
    write(tmp_path, "checkpoint-10/trainer_state.json", '{"log_history": [{"st')
    assert read_history(tmp_path).step.tolist() == [5]


def mlflow_run(folder, name=""):
    write(folder, "metrics/train/box_loss", "1664364007310 3 0\n1664364007311 2 1\n")
    write(folder, "metrics/train/cls_loss", "1664364007310 1 0\n1664364007311 nan 1\n")
    write(folder, "metrics/val/loss", "1664364007310 5 1\n")
    write(folder, "metrics/time", "1664364007310 50 1\n")
    write(folder, "params/lr", "0.1")
    write(folder, "meta.yaml", f"artifact_uri: here\nrun_name: {name}\n" if name else "artifact_uri: here\n")


def test_the_metrics_of_a_run_of_mlflow_are_one_history(tmp_path):
    mlflow_run(tmp_path)
    history = read_history(tmp_path)
    assert history.step.tolist() == [0, 1]
    assert cells(history, "train_loss") == [4.0, "nan"]
    assert cells(history, "train_loss/box") == [3.0, 2.0]
    assert cells(history, "val_loss") == [None, 5.0]
    assert len(history.files) == 4


def test_a_session_reads_the_files_of_a_folder_again_as_it_read_the_folder(tmp_path):
    mlflow_run(tmp_path)
    history = read_history(tmp_path)
    again = read_history(history.files)
    assert {name: cells(again, name) for name in again.series} == {
        name: cells(history, name) for name in history.series
    }


def test_the_runs_of_mlflow_are_called_as_they_were_named(tmp_path):
    mlflow_run(tmp_path / "mlruns/0/abc", "calm-sea-1")
    mlflow_run(tmp_path / "mlruns/0/def", "red-sun-2")
    assert runs_of(tmp_path) == ["calm-sea-1", "red-sun-2"]
    assert "mlruns/0/def" in read_history(tmp_path, run="red").files[0]


def test_a_run_of_mlflow_that_was_resumed_keeps_what_came_again(tmp_path):
    write(tmp_path, "metrics/loss", "".join(f"1664364007310 {10 - step} {step}\n" for step in (0, 1, 2, 3, 2, 3, 4)))
    write(tmp_path, "metrics/lr", "".join(f"1664364007310 {step} {step}\n" for step in (0, 1, 2, 3, 2, 3, 4)))
    history = read_history(tmp_path)
    assert history.step.tolist() == [0, 1, 2, 3, 2, 3, 4]
    assert history.resumes == (4,)


def test_the_tables_of_dvclive_are_one_history(tmp_path):
    write(tmp_path, "dvclive/plots/metrics/train/loss.tsv", "step\tloss\n0\t3\n1\t2\n")
    write(tmp_path, "dvclive/plots/metrics/val/loss.tsv", "step\tloss\n0\t5\n1\t4\n")
    write(tmp_path, "dvclive/metrics.json", '{"train": {"loss": 2}, "step": 1}')
    history = read_history(tmp_path / "dvclive")
    assert cells(history, "train_loss") == [3.0, 2.0]
    assert cells(history, "val_loss") == [5.0, 4.0]


def test_event_files_of_one_run_follow_each_other_in_time_and_tell_a_resume(tmp_path):
    early = events("loss", *((step, 3.0 - step / 10) for step in range(10)))
    late = events("loss", *((step, 3.0 - step / 10) for step in range(6, 15)))
    write(tmp_path, "events.out.tfevents.900.host", early)
    write(tmp_path, "events.out.tfevents.1000.host", late)
    history = read_history(tmp_path)
    assert history.step.tolist() == [*range(10), *range(6, 15)]
    assert history.resumes == (10,)


def test_training_and_validation_of_keras_are_one_run(tmp_path):
    write(tmp_path, "train/events.out.tfevents.1.host", events("epoch_loss", (0, 3.0), (1, 2.0)))
    write(tmp_path, "validation/events.out.tfevents.2.host", events("epoch_loss", (0, 5.0), (1, 4.0)))
    history = read_history(tmp_path)
    assert cells(history, "train_loss") == [3.0, 2.0]
    assert cells(history, "val_loss") == [5.0, 4.0]


def test_folders_of_events_beside_each_other_are_runs(tmp_path):
    for run in ("Mar24", "Mar25"):
        write(tmp_path, f"runs/{run}/events.out.tfevents.1.host", events("loss", (0, 3.0)))
    assert runs_of(tmp_path) == ["Mar24", "Mar25"]


def test_what_a_program_is_known_to_write_goes_before_other_tables(tmp_path):
    write(tmp_path, "results.csv", "epoch,train/box_loss\n0,2\n1,1\n")
    write(tmp_path, "args.yaml", "lr: 0.1\n")
    write(tmp_path, "weights/best.pt", bytes(1000))
    write(tmp_path, "other.csv", "step,loss\n1,2\n")
    assert read_history(tmp_path).files == (str(tmp_path / "results.csv"),)


def test_the_only_history_among_other_files_is_read_whatever_it_is_called(tmp_path):
    write(tmp_path, "my run.txt", "step,loss\n1,2\n2,1\n")
    write(tmp_path, "train.py", "loss = 0\nprint(loss)\n")
    write(tmp_path, "data.csv", "height,weight\n1,2\n2,3\n")
    write(tmp_path, "notes.txt", "The loss did not fall.\nI changed the rate.\n")
    write(tmp_path, "picture.png", b"\x89PNG\r\n")
    assert read_history(tmp_path).files == (str(tmp_path / "my run.txt"),)


def test_several_histories_beside_each_other_are_runs(tmp_path):
    written(tmp_path, **{"a.csv": "step,loss\n1,2\n", "b.csv": "step,loss\n1,3\n"})
    assert runs_of(tmp_path) == ["a.csv", "b.csv"]
    assert cells(read_history(tmp_path, run="b.csv"), "train_loss") == [3.0]


def test_runs_of_one_name_are_called_by_their_ways(tmp_path):
    for place in ("a/version_0", "b/version_0"):
        write(tmp_path, f"{place}/metrics.csv", LIGHTNING)
    assert runs_of(tmp_path) == ["a/version_0", "b/version_0"]


def test_a_folder_with_nothing_known_is_one_line(tmp_path):
    write(tmp_path, "notes.txt", "The loss did not fall.\n")
    with pytest.raises(HistoryError, match="expected a history in the folder, found none"):
        read_history(tmp_path)


def test_hidden_files_and_links_in_circles_are_left_alone(tmp_path):
    write(tmp_path, ".hidden/metrics.csv", LIGHTNING)
    write(tmp_path, "run/metrics.csv", LIGHTNING)
    try:
        (tmp_path / "run2").symlink_to(tmp_path, target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    assert read_history(tmp_path).files == (str(tmp_path / "run/metrics.csv"),)


def test_many_files_are_not_all_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr("triage.history.folder.MOST_ENTRIES", 50)
    monkeypatch.setattr("triage.history.folder.MOST_TRIED", 20)
    for number in range(200):
        write(tmp_path, f"{number}.txt", "nothing\n")
    with pytest.raises(HistoryError, match="found none in it"):
        read_history(tmp_path)
