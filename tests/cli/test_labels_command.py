"""`python -m core labels`: suspects as a list, a table and a picture, and what a stop leaves."""

import re
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.recipe import load_recipe
from core.runs.checkpoint import load_card
from core.runs.networks import SHIPPED
from core.runs.store import RunStore
from tests.cli.conftest import Command
from tests.processes import command
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("home")


def test_labels_are_told_listed_and_drawn(core: Command, trained: str, tmp_path: Path) -> None:
    table, drawn = tmp_path / "all.csv", tmp_path / "first.png"
    ended = core("labels", trained, "--csv", table, "--picture", drawn)
    assert ended.code == 0
    told = re.search(r"40 test images: (\d+) labels are contradicted", ended.output)
    assert told
    rows = pd.read_csv(table)
    assert len(rows) == int(told[1]) > 0
    assert rows["given"].isin(load_card(SHIPPED / "shapes-quick.safetensors").classes).all()
    assert f"{rows['margin'][0]:.3f}" in ended.output
    with Image.open(drawn) as sheet:
        assert sheet.width >= 1000 and np.asarray(sheet.convert("L")).std() > 0


def test_labels_of_training_images_are_told_of_networks_that_never_saw_them(
    core: Command, trained: str
) -> None:
    ended = core("labels", trained, "--split", "train", "--folds", "2")
    assert ended.code == 0 and "160 train images" in ended.output
    assert "%" not in ended.output  # no line for each step where there is no terminal


def test_labels_that_are_stopped_say_that_nothing_is_kept(
    trained: str, store: RunStore, recipe_file: Path, tmp_path: Path
) -> None:
    long = load_recipe(str(recipe_file)).model_copy(update={"epochs": 1000})
    recipe_file.write_text(long.to_toml())
    asked = ("labels", trained, "--split", "train", "--by", str(recipe_file))
    process = command(store.folder, tmp_path / "said", *asked)
    wait_until(lambda: "Training 2 networks" in process.said)
    process.send(signal.SIGINT)
    assert process.wait(60) and process.code == 1, process.said
    assert "Stopped; nothing is kept" in process.said and "Traceback" not in process.said
