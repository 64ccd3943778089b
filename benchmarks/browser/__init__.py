"""Times of the Simulate page in a real browser."""
