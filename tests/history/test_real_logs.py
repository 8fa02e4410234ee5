"""Every log of the collection beside this repository, against what other tools than this project find in it.

Rows, first and last values and how many there are were taken from the files with awk, grep, json, csv, sqlite3 and
struct. The files belong to others and are not part of this repository; without them there is nothing to test.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import pytest

from triage.errors import HistoryError, SeveralRunsError
from triage.history import CANONICAL, read_history

LOGS = Path(__file__).parents[3] / "shared" / "real_logs"

NAN, INF = math.nan, math.inf

Ends = tuple[float, float, int]
"""First value, last value, and how many there are."""


@dataclass(frozen=True)
class Read:
    """What is to be found in a file."""

    format: str
    rows: int
    unit: str
    curves: dict[str, Ends]
    also: str = ""
    """Other canonical columns, with spaces between them."""

    parts: int = 0
    """Components of the losses."""

    resumes: int = 0


@dataclass(frozen=True)
class Refused:
    """What a file is refused with."""

    reason: str
    several: int = 0


NOT_ONE = "this does not look like a training history"
ACCURACIES = "train_accuracy val_accuracy"

EXPECTED: dict[str, Read | Refused] = {
    "0729max0729__lightning_logs_version_14_metrics.csv": Read(
        "csv", 262, "step", {"train_loss": (2869211955200.0, NAN, 262)}, parts=4
    ),
    "10844110__ESKTOP-41L2EO3_events.out.tfevents.1742826235.DESKTOP-41L2EO3.107869.0": Read(
        "TensorBoard events",
        431,
        "step",
        {
            "train_loss": (1.9962999820709229, 1.742300033569336, 430),
            "learning_rate": (4.988390355720185e-05, 7.824944248113752e-08, 430),
            "grad_norm": (3.155489444732666, 2.5202980041503906, 430),
        },
    ),
    "10tanmay100__1-02-25_train_events.out.tfevents.1664119953.DESKTOP-27TFO05.3520.0.v2": Refused(
        "expected an event file with scalars, found none"
    ),
    "10tanmay100__mlruns_0_cb0096518b0e4c66a94428555f05420b_metrics_loss": Read(
        "MLflow metric file", 1, "step", {"train_loss": (3.2727866172790527, 3.2727866172790527, 1)}
    ),
    "1543siddhant__runs_detect_train_results.csv": Read(
        "ultralytics csv",
        1,
        "epoch",
        {"train_loss": (7.3373, 7.3373, 1), "val_loss": (INF, INF, 1), "learning_rate": (0.0883, 0.0883, 1)},
        parts=4,
    ),
    "1666sApple__runs_detect_train_results.csv": Read(
        "ultralytics csv",
        500,
        "epoch",
        {
            "train_loss": (6.3061, 1.50584, 500),
            "val_loss": (5.7856, 1.36592, 500),
            "learning_rate": (0.00046676, 2.3271e-05, 500),
        },
        parts=6,
    ),
    "17IMMANUEL17__slurm-469949.out": Read(
        "text log",
        400,
        "epoch",
        {"train_loss": (1.7061, 0.1594, 400), "train_accuracy": (33.98, 92.38, 400)},
        resumes=3,
    ),
    "2024aa05593-trips__mlflow.db": Refused("found 2: 'placid-crab-483', 'stylish-squid-490'", several=2),
    "4prince8__runs_detect_train_results.csv": Read(
        "csv",
        15,
        "epoch",
        {
            "train_loss": (13.6415, 4.58396, 15),
            "val_loss": (30.8944, 4.89117, 15),
            "learning_rate": (0.00047515, 0.00020292, 15),
        },
        parts=12,
    ),
    "A1yssa8__runs_train_exp2_results.csv": Read(
        "ultralytics csv",
        300,
        "epoch",
        {
            "train_loss": (0.21768, 0.0493182, 300),
            "val_loss": (0.158937, 0.02894603, 300),
            "learning_rate": (0.0964, 0.000166, 300),
        },
        parts=6,
    ),
    "AGNDM__log_no_warmup_log.txt": Read(
        "build-nanogpt log",
        19151,
        "step",
        {"train_loss": (10.95501, 3.181935, 19073), "val_loss": (10.9522, 3.1681, 78)},
    ),
    "Abonia1__runs_detect_train_events.out.tfevents.1675348815.43529bab29be.37247.0": Read(
        "TensorBoard events",
        1375,
        "step",
        {
            "train_loss": (10.135040044784546, 3.2445899844169617, 1375),
            "val_loss": (8.496380090713501, 4.709140121936798, 25),
        },
        parts=6,
    ),
    "Absolute-Tech-for-__runs_detect_train_results.csv": Read(
        "ultralytics csv",
        5,
        "epoch",
        {
            "train_loss": (4.91196, 2.34333, 5),
            "val_loss": (5.60927, 2.09810, 5),
            "learning_rate": (0.0676226, 0.00020008, 5),
        },
        parts=6,
    ),
    "AkshayHorizon__dvclive_plots_metrics_val_loss.tsv": Read(
        "tsv", 10, "step", {"train_loss": (9.640268714249864, 0.17357766681070286, 10)}
    ),
    "Al-Fahrezi__logs_train.log": Read(
        "text log",
        3119,
        "epoch",
        {"train_loss": (0.1752, 0.0101, 3119), "val_loss": (0.1233, 0.0518, 3119)},
        resumes=29,
    ),
    "AmirYunus__checkpoint_checkpoint_gen_loss.csv": Read(
        "csv without header", 105, "row", {"train_loss": (0.6925454023543866, 0.721453671925198, 105)}
    ),
    "ApiaoSamaa__train_log.txt": Read(
        "text log", 128, "step", {"train_loss": (0.2343, 0.0972, 86), "val_loss": (0.2223, 0.1169, 21)}
    ),
    "ArabelaTso__Benchmark_Subjects_59282996_epoch_30_iter_1_log_dir_log.csv": Read(
        "keras csv",
        10,
        "row",
        {
            "train_loss": (0.8289937376976013, 0.832405686378479, 10),
            "val_loss": (0.968004047870636, 0.9658495783805847, 10),
        },
        also=ACCURACIES,
    ),
    "AriesChen-UPC__trainer_state.json": Read(
        "Hugging Face trainer state",
        300,
        "step",
        {"train_loss": (4.2601, 0.0028, 300), "learning_rate": (0.019933333333333334, 0.0, 300)},
    ),
    "BesT1CooKie1__oedo-viewer_viewer_data_training_history.csv": Read(
        "csv",
        3000,
        "epoch",
        {
            "train_loss": (0.8304453437978571, 1.7458718172168697e-06, 3000),
            "val_loss": (0.9078032374382019, 5.085201337351464e-05, 3000),
        },
    ),
    "Bryce399__runs_train_exp_results.csv": Read(
        "ultralytics csv",
        100,
        "epoch",
        {"train_loss": (3.7351, 3.5069, 100), "learning_rate": (0.070014, 0.000298, 100)},
        parts=3,
    ),
    "Charlie839242__training_log.csv": Read(
        "keras csv",
        1,
        "row",
        {
            "train_loss": (1.0186389684677124, 1.0186389684677124, 1),
            "val_loss": (1.0821812152862549, 1.0821812152862549, 1),
        },
        also=ACCURACIES,
    ),
    "ChrisG32123__HDFT_Paper_results_training_log.csv": Read(
        "keras csv",
        11,
        "epoch",
        {
            "train_loss": (1.6152476072311401, 0.8191812038421631, 11),
            "val_loss": (1.3097035884857178, 1.1933172941207886, 11),
            "learning_rate": (0.001, 0.00025, 11),
        },
    ),
    "DeepDiagnosis__NG_EXAMPLE_31880720_demo_case_Gradient_Vanish_Case_tmp_log_dir_log.csv": Read(
        "keras csv",
        1,
        "row",
        {"train_loss": (7.666619300842285, 7.666619300842285, 1), "val_loss": (7.666619300842285,) * 2 + (1,)},
        also=ACCURACIES,
    ),
    "DeepDiagnosis___model_random_0db8c740-c4e4-478a-be86-eec69fe6023e_tmp_log_dir_log.csv": Read(
        "keras csv",
        115,
        "row",
        {
            "train_loss": (1.1200676505906242, 0.5012859988212586, 115),
            "val_loss": (1.0187639077504476, 0.513453315893809, 115),
        },
        also=ACCURACIES,
    ),
    "DeepDiagnosis___model_random_5057d0d1-e95c-4790-bb2d-d026aad4d8c6_tmp_log_dir_log.csv": Read(
        "keras csv",
        160,
        "row",
        {
            "train_loss": (0.705874913079398, 0.41428773249898637, 160),
            "val_loss": (0.7043047483762105, 0.36379875779151916, 160),
        },
        also=ACCURACIES,
    ),
    "DhruvJerald__hybrid_agent_log.csv": Refused(NOT_ONE),
    "Duke-Rodriguez-Rud__train_log.txt": Read(
        "yolox log",
        1240,
        "step",
        {"train_loss": (10.7, 1.1, 1240), "learning_rate": (7.073e-06, 7.813e-06, 1240)},
        parts=4,
        resumes=1,
    ),
    "GalexyBrain__Augmented_DeeperCNN_history_metrics.json": Read(
        "JSON history",
        50,
        "epoch",
        {
            "train_loss": (0.7483171455451602, 0.00228579829010691, 50),
            "val_loss": (1.136250513730174, 0.04054106625240846, 50),
            "train_accuracy": (0.7359973433694931, 0.9993635156077042, 50),
            "learning_rate": (5e-05, 1e-05, 50),
        },
        also="val_accuracy",
    ),
    "HITzixin__log_progress.csv": Read(
        "csv", 2, "step", {"train_loss": (1.7826978364610113e-05, 2.8585613108589314e-05, 2)}, parts=1
    ),
    "HITzixin__summary_MultiRoomN2S4_a2c_events.out.tfevents.1539312132.zixin": Read(
        "TensorBoard events",
        121,
        "step",
        {
            "train_loss/policy": (0.003636527806520462, -0.00327361305244267, 121),
            "train_loss/value": (1.7826978364610113e-05, 2.7237450922257267e-05, 121),
        },
        also="train_loss",
        parts=2,
    ),
    "Haoqingtianxia1997__wandb_latest-run_files_wandb-summary.json": Refused("a summary of W&B with the last values"),
    "HoiM__output_log.txt": Read(
        "caffe log",
        400,
        "step",
        {
            "train_loss": (9.2707, 1.77334, 400),
            "train_accuracy": (0.0, 0.875, 400),
            "learning_rate": (0.1, 2.07153e-06, 400),
            "train_loss/center": (0.00400718, 0.697195, 400),
        },
        parts=1,
    ),
    "HuangJiaqi-MISE__runs_train_exp_results.csv": Read(
        "ultralytics csv",
        70,
        "epoch",
        {
            "train_loss": (0.136835, 0.02977497, 70),
            "val_loss": (0.0766048, 0.041026915, 70),
            "learning_rate": (0.00053, 0.0010181, 70),
        },
        parts=6,
    ),
    "IvanLopesGit__models_history.csv": Read(
        "keras csv",
        10,
        "row",
        {
            "train_loss": (1.272355556488037, 0.07608169317245483, 10),
            "val_loss": (0.6448214650154114, 0.24666988849639893, 10),
        },
        also=ACCURACIES,
    ),
    "Junyoungpark__wandb_export.csv": Refused("found 14: 'breezy-cloud-41', 'rare-waterfall-40'", several=14),
    "KM-Hyun__lightning_logs_version_0_metrics.csv": Read(
        "lightning csv", 15, "step", {"train_loss": (0.09713530540466309, 0.05167505890130997, 15)}
    ),
    "KellerJordan__rack_1_short_2024-06-06_AdamW_f66d43d7-e449-4029-8adf-e8537bab49ea.log": Read(
        "llm.c log", 9612, "step", {"train_loss": (10.965596, 3.34018, 9536), "val_loss": (10.968871, 3.275959, 76)}
    ),
    "KellerJordan__records_track_1_short_2024-10-13_llmc_main.log": Read(
        "llm.c log",
        19640,
        "step",
        {
            "train_loss": (11.0091, 3.2217, 19560),
            "val_loss": (11.0092, 3.2722, 80),
            "learning_rate": (1e-06, 0.0, 19560),
            "grad_norm": (15.37, 0.22, 19560),
        },
    ),
    "KosKis1__trainer_state.json": Refused(NOT_ONE),
    "Levi-Magny__output_metrics.json": Read(
        "Detectron2 metrics",
        5,
        "step",
        {
            "train_loss": (2.0359768134658225, 1.280293806164991, 5),
            "learning_rate": (1.60675e-05, 8.266750000000001e-05, 5),
        },
        parts=5,
    ),
    "LiuTaowen-Tony__lightning_logs_version_0_metrics.csv": Read(
        "lightning csv", 2, "step", {"train_loss": (6.5751519203186035, 6.386987686157227, 2)}, parts=1
    ),
    "Macro1027__lightning_logs_version_0_metrics.csv": Read(
        "lightning csv", 226, "step", {"train_loss": (0.5179452385386695, 0.3163881985185951, 126)}, parts=3
    ),
    "NijatZeynalov__trainer_state.json": Read(
        "Hugging Face trainer state",
        700,
        "step",
        {
            "train_loss": (25.5062, 2.2437, 700),
            "val_loss": (3.3984055519104004, 2.065276861190796, 70),
            "learning_rate": (5.555555555555555e-05, 0.00012933161677931553, 700),
        },
    ),
    "Rusheel86__.round1_archive_inference.log": Refused(NOT_ONE),
    "abhinavagarwalla__checkpoints_train.log": Read(
        "text log",
        1164,
        "step",
        {"train_loss": (4.2811, 2.1086, 1164), "learning_rate": (0.0, 0.0006, 1164)},
        resumes=3,
    ),
    "aigoncharov__trainer_state.json": Read(
        "Hugging Face trainer state",
        31,
        "step",
        {
            "train_loss": (1.1074, 0.0549, 30),
            "val_loss": (5.741583347320557, 2.7486727237701416, 31),
            "grad_norm": (5.49674654006958, 1.7071932554244995, 30),
        },
        also="learning_rate",
        parts=5,
    ),
    "aorvieto__wandb_run-20230329_014608-tdnogiww_run-tdnogiww.wandb": Refused("logged values, found none in it"),
    "baghelrashmi04__trainer_state.json": Refused("expected losses in log_history"),
    "cianhwang__raw_models_trainHistoryDict": Read(
        "Keras history pickle",
        300,
        "epoch",
        {
            "train_loss": (3.206928552776575, 0.3926371176093817, 300),
            "val_loss": (1.4109384752810001, 0.64471919182688, 300),
        },
    ),
    "druidowm__wandb_run-20241012_153325-jnyhr7aj_files_output.log": Read(
        "nanogpt log", 2167, "step", {"train_loss": (4.4512, 0.0276, 2156), "val_loss": (4.4402, 4.2661, 11)}
    ),
    "duanbo320__20230605_200941_20230605_200941.log": Read(
        "mmengine log",
        802,
        "step",
        {"train_loss": (0.421912, 0.081515, 789), "learning_rate": (4e-08, 0.004, 789)},
        parts=1,
    ),
    "duanbo320__20230605_200941_vis_data_scalars.json": Read(
        "MMEngine scalars",
        802,
        "step",
        {"train_loss": (0.4219118356704712, 0.081514642983675, 789), "learning_rate": (4e-08, 0.004, 789)},
        parts=1,
    ),
    "enriquemondragon__models_history.csv": Read(
        "csv without header", 2500, "row", {"train_loss": (0.6540759003292416, 0.22822395265980625, 2500)}
    ),
    "ethellight565__checkpoints_log.csv": Read(
        "csv",
        17,
        "step",
        {
            "train_loss": (9.8578, 2.6118, 17),
            "val_loss": (9.8535, 2.6645, 17),
            "learning_rate": (7.5e-07, 3e-05, 17),
        },
    ),
    "kehanlu__hydra_train.log": Read(
        "fairseq log",
        43,
        "step",
        {
            "train_loss": (9.276, 3.922, 23),
            "val_loss": (6.389, 3.792, 10),
            "grad_norm": (1.421, 0.841, 23),
            "loss_scale": (128.0, 16.0, 23),
        },
        also=f"{ACCURACIES} learning_rate",
        parts=6,
    ),
    "lolrazh__records_track_10min_16mb_2026-03-17_NaiveBaseline_train.log": Read(
        "modded-nanogpt log", 355, "step", {"train_loss": (6.9408, 1.991, 285), "val_loss": (6.937, 2.0606, 70)}
    ),
    "manifest.csv": Refused(NOT_ONE),
    "mfts__wandb_wandb-history.jsonl": Refused(NOT_ONE),
    "mlflow_filestore_nan_inf": Read(
        "MLflow metric file", 5, "step", {"train_loss": (2.3, -INF, 5), "val_loss": (1.0, 1.0, 1)}
    ),
    "mlflow_sqlite_nan_inf.db": Read(
        "MLflow database", 5, "step", {"train_loss": (2.3, -INF, 5), "val_loss": (1.0, 1.0, 1)}
    ),
    "msh2481__dvclive_plots_metrics_loss.tsv": Read("tsv", 14, "step", {"train_loss": (6.2201, 4.1297, 14)}),
    "posgnu__log_log.txt": Read(
        "boxed table log",
        85,
        "step",
        {"train_loss": (0.0132, 0.00396, 85), "grad_norm": (0.0114, 0.0144, 85)},
        parts=4,
    ),
    "posgnu__log_progress.csv": Read(
        "csv",
        85,
        "step",
        {
            "train_loss": (0.0132245859131217, 0.0039572166014331745, 85),
            "grad_norm": (0.011415116890523852, 0.014430880664510329, 85),
        },
        parts=4,
    ),
    "rhit-kangd2__output_dir_log.txt": Read(
        "JSON lines",
        2,
        "epoch",
        {
            "train_loss": (24.53344465317914, 24.619954395823076, 2),
            "val_loss": (21.519935589628858, 21.61705023792986, 2),
            "learning_rate": (9.999999999999121e-05, 9.999999999999121e-05, 2),
        },
        parts=72,
    ),
    "suzushi-tw__trainer_log.jsonl": Read(
        "LLaMA-Factory log",
        1743,
        "step",
        {
            "train_loss": (1.7484, 1.3703, 1742),
            "learning_rate": (4.999995936372264e-05, 2.60072200469752e-11, 1742),
        },
    ),
    "tairtahar__temp_data_trainHistoryDict": Read(
        "Keras history pickle",
        10,
        "epoch",
        {
            "train_loss": (1.6937490701675415, 1.4708435535430908, 10),
            "val_loss": (1.5927773714065552, 1.4744452238082886, 10),
        },
        also=f"{ACCURACIES} learning_rate",
    ),
}

pytestmark = pytest.mark.skipif(not LOGS.is_dir(), reason="the collection of real logs is not there")


def expected(kind: type) -> list[str]:
    return [name for name, found in EXPECTED.items() if isinstance(found, kind)]


@pytest.mark.parametrize("name", expected(Read))
def test_a_real_log_is_read_as_other_tools_read_it(name: str) -> None:
    wanted = EXPECTED[name]
    assert isinstance(wanted, Read)
    history = read_history(LOGS / name)
    assert (history.format, history.rows, history.step_unit) == (wanted.format, wanted.rows, wanted.unit)
    canonical = {name for name in history.series if name in CANONICAL}
    assert canonical == {name for name in wanted.curves if name in CANONICAL} | set(wanted.also.split())
    assert len(history.series) - len(canonical) == wanted.parts
    assert len(history.resumes) == wanted.resumes
    for column, (first, last, count) in wanted.curves.items():
        curve = history.curve(column)
        assert curve is not None
        assert len(curve) == count
        assert curve.values[[0, -1]].tolist() == pytest.approx([first, last], rel=1e-9, abs=0, nan_ok=True)


@pytest.mark.parametrize("name", expected(Refused))
def test_what_is_no_history_of_one_run_is_refused_with_its_reason(name: str) -> None:
    wanted = EXPECTED[name]
    assert isinstance(wanted, Refused)
    with pytest.raises(HistoryError) as caught:
        read_history(LOGS / name)
    assert wanted.reason in caught.value.reason
    if wanted.several:
        assert isinstance(caught.value, SeveralRunsError)
        assert len(caught.value.runs) == wanted.several


@pytest.mark.parametrize(("run", "loss"), [("placid-crab-483", 14.032083317637444), ("stylish", 9.057709485292435)])
def test_of_several_runs_in_a_file_the_chosen_one_is_read(run: str, loss: float) -> None:
    history = read_history(LOGS / "2024aa05593-trips__mlflow.db", run=run)
    assert history.series["train_loss"].values.tolist() == [loss]


def test_every_file_of_the_collection_is_looked_at() -> None:
    assert {path.name for path in LOGS.iterdir()} == set(EXPECTED)
