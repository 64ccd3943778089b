"""The assumptions about the world, one module for each part of it."""
