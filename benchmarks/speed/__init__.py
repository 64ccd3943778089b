"""How long things take, each beside what it is compared with and in the same call."""
