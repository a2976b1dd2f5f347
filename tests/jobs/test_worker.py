"""How a worker process ends."""

from pathlib import Path

from core.jobs import worker
from tests.processes import Forked, run_command


def serve_briefly() -> None:
    worker.IDLE_SECONDS = 0.1
    run_command("work", "--with-server")


def test_a_worker_without_work_ends_in_peace_though_its_server_lives(tmp_path: Path) -> None:
    process = Forked(tmp_path / "home", tmp_path / "said", serve_briefly)
    assert process.wait(60) and process.code == 0, process.said
