"""Recipes trained over seeds: what was published beside what is reached here, and comparisons."""
