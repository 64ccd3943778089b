"""Docking: the same part of the world modelled twice, and whether both tell the same of it."""
