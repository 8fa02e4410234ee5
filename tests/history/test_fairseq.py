"""fairseq's logs."""

from tests.history.files import cells, read

HYDRA = """\
[2022-04-08 18:40:57,965][fairseq_cli.train][INFO] - {'_name': None, 'common': {'seed': 1}}
[2022-04-08 18:48:05,372][train_inner][INFO] - {"epoch": 1, "update": 0.416, "loss": "9.276", "loss_0": "6.679", \
"num_updates": "200", "lr": "3.125e-06", "gnorm": "1.421", "loss_scale": "128"}
[2022-04-08 18:54:45,183][train_inner][INFO] - {"epoch": 1, "update": 0.832, "loss": "nan", "loss_0": "6.651", \
"num_updates": "400", "lr": "6.25e-06", "gnorm": "0.144", "loss_scale": "64"}
[2022-04-08 18:58:04,035][valid][INFO] - {"epoch": 1, "valid_loss": "6.389", "valid_num_updates": "479"}
[2022-04-08 18:58:05,035][train][INFO] - {"epoch": 1, "train_loss": "7.9", "train_num_updates": "479"}
"""
TEXT = """\
| epoch 001:    100 / 500 loss=9.100, nll_loss=8.9, ppl=550.1, num_updates=100, lr=1e-05, gnorm=2.5
| epoch 001:    200 / 500 loss=8.800, nll_loss=8.6, ppl=500.1, num_updates=200, lr=2e-05, gnorm=2.1
| epoch 001 | valid on 'valid' subset | loss 8.2 | ppl 294 | num_updates 250
| epoch 001 | loss 8.9 | ppl 520 | num_updates 250 | lr 2.1e-05 | gnorm 2.2 | loss_scale 16.000
"""


def test_numbers_that_are_texts_are_read_and_all_lines_count_updates(tmp_path):
    history = read(tmp_path, HYDRA, "hydra_train.log")
    assert history.format == "fairseq log"
    assert history.step.tolist() == [200, 400, 479, 479]
    assert cells(history, "train_loss") == [9.276, "nan", None, None]
    assert cells(history, "val_loss") == [None, None, 6.389, None]
    assert cells(history, "grad_norm")[:2] == [1.421, 0.144]
    assert cells(history, "loss_scale")[:2] == [128, 64]
    assert cells(history, "learning_rate")[:2] == [3.125e-06, 6.25e-06]


def test_the_older_text_is_read_alike(tmp_path):
    history = read(tmp_path, TEXT, "train.log")
    assert history.step.tolist() == [100, 200, 250, 250]
    assert cells(history, "train_loss") == [9.1, 8.8, None, 8.9]
    assert cells(history, "val_loss") == [None, None, 8.2, None]
    assert cells(history, "grad_norm") == [2.5, 2.1, None, 2.2]
