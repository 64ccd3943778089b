"""The few things about appearance that the theme file cannot say."""

from __future__ import annotations

import streamlit as st

_CSS = """
<style>
.st-key-world_panel {
  background: color-mix(in srgb, #c8620f 9%, transparent);
  border-color: color-mix(in srgb, #c8620f 55%, transparent);
}
[class*="st-key-headline_"], [class*="st-key-card_"] { padding: 0.7rem 0.9rem; }
[class*="st-key-details_"] button, [class*="st-key-reset_"] button,
[class*="st-key-data_"] button, [class*="st-key-choose_"] button {
  min-height: 1.5rem; padding-top: 0; padding-bottom: 0;
}
.st-key-page [data-stale="true"] { opacity: 1 !important; }  /* a run in progress dims nothing */
.stMainBlockContainer { padding-left: 1.75rem; padding-right: 1.75rem; }
[class*="st-key-saved_"] { padding: 0.5rem 0.9rem; }
[class*="st-key-saved_"] button { min-height: 1.75rem; padding-top: 0; padding-bottom: 0; }
.st-key-story p {
  font-size: 0.875rem;
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden;
}
@media (max-width: 640px) {
  [class*="st-key-headline_"], [class*="st-key-card_"] { padding: 0.7rem 0.9rem; }
[class*="st-key-details_"] button, [class*="st-key-reset_"] button,
[class*="st-key-data_"] button, [class*="st-key-choose_"] button {
  min-height: 1.5rem; padding-top: 0; padding-bottom: 0;
}
.stMainBlockContainer { padding-left: 1rem; padding-right: 1rem; }
  .st-key-story p {
  font-size: 0.875rem; -webkit-line-clamp: 6; }
}
</style>
"""


def apply() -> None:
    """Tint the panel of world assumptions, so that it is not mistaken for policy."""
    st.html(_CSS)
