"""What regions and views are called."""

from __future__ import annotations

REGION_LABELS = {
    "US": "United States",
    "CN": "China",
    "EU": "European Union",
    "ALIGNED": "Aligned third countries",
    "NONALIGNED": "Non-aligned third countries",
}
PLACE_LABELS = {
    "world": "World",
    "router": "Router view",
    "gateway": "Gateway view",
    "enterprise": "US enterprise view",
} | REGION_LABELS
