"""Sets of runs with a question: searches, seeds, ablations, grids; each driven by one process."""
