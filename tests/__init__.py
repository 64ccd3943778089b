"""Tests, by kind; worlds.py, firms.py and markets.py hold what several of them build on."""
