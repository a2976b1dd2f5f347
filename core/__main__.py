from core.process import prepare_for_training

prepare_for_training()

from core.cli import main  # noqa: E402  its commands import torch

main()
