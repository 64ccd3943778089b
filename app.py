"""The server: `streamlit run app.py`. Starts the workers once, then serves views/navigation.py."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st

HERE = Path(__file__).resolve().parent


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, object]]:
    """Start the workers and run the status quo before the first visitor needs it."""
    from views import engine  # after the runtime is up: its caches belong to the runtime

    threading.Thread(target=engine.warm, name="warm-up", daemon=True).start()
    yield {}
    engine.stop()


app = st.App(HERE / "views" / "navigation.py", lifespan=lifespan)
