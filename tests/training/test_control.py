"""Steering a run from another thread, or from a signal's handler."""

import signal

from core.training import Control


def test_a_signal_may_stop_a_run_in_the_middle_of_a_pause() -> None:
    """Its handler runs between any two instructions of the thread that pauses, and cannot wait for
    what that thread holds."""
    control, signals = Control(), 0

    def stop(_signal: int, _frame: object) -> None:
        nonlocal signals
        signals += 1
        control.stop()

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, 1e-3, 1e-3)
    try:
        while signals < 50:
            control.pause()
            control.resume()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    assert control.stopping


def test_whoever_is_asked_to_stop_does_not_wait_in_a_pause() -> None:
    control = Control()
    control.stop()
    control.pause()
    assert control.stopping and not control.paused
    control.wait()
