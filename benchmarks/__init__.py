"""What the simulator is laid beside: an independent twin, and peers that are timed."""
