"""Convscope's library: train, evaluate and explain small convolutional networks.

Nothing in here knows of Streamlit; use it from a notebook or as ``python -m core``. Importing it
changes nothing in your process.
"""
