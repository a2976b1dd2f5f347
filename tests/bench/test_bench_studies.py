"""What a study's driver is said to cost."""

from core.bench.studies import measured


def test_every_trial_is_driven_to_its_end_and_told_in_blocks() -> None:
    report = measured(20, slots=5, sampler="random")
    blocks = report.figures["blocks"]
    assert isinstance(blocks, list) and blocks[-1]["trials"] == 20
    assert all(block["driver"] > 0 and block["store"] > 0 for block in blocks)
    assert len(report.rows) == len(blocks)
