"""Runs trained on other machines, by Ray or by Slurm, and recorded on this one."""
