"""Is one better than the other: two networks on the same images, two recipes over seeds."""
