"""`python -m core bench`: measure this machine; every part prints medians, spreads and ratios."""

import typer

bench = typer.Typer(help="Benchmarks; each compares within one run.", no_args_is_help=True)
