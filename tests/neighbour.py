"""Other work in the process, such as a page that draws a network's summary while one trains."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import torch

from core.models import build_model
from core.recipe import ConvNet


@contextmanager
def noisy_neighbour() -> Iterator[None]:
    """Meanwhile a thread builds models, seeds torch's global generator and draws from it."""
    started, done = Event(), Event()

    def make_noise() -> None:
        number = 0
        while not done.is_set():
            number += 1
            build_model(ConvNet(channels=(4,), depth=1, dropout=0.5), 4, number)
            torch.manual_seed(number)
            torch.rand(number % 5)
            started.set()

    thread = Thread(target=make_noise)
    thread.start()
    started.wait()
    try:
        yield
    finally:
        done.set()
        thread.join()
