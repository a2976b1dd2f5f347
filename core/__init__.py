"""Convscope's library: train, evaluate and explain small convolutional networks.

Nothing in here knows of Streamlit; use it from a notebook or as ``python -m core``.
"""

import os

# OpenMP reads this once, when torch is first imported. Threads that spin while they wait for each
# other burn the time that a page or a browser on the same cores needs, and then wait for it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
