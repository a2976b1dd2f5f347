"""Convscope's library: train, evaluate and explain small convolutional networks.

Nothing in here knows of Streamlit; use it from a notebook or as ``python -m core``.
"""

import os

# OpenMP reads this once, when torch is first imported. Threads that spin while they wait for
# each other lose whole time slices as soon as another program wants a core; threads that sleep
# lose only the share that program takes (`python -m core bench live` shows both).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
