"""The app as its visitors meet it: `streamlit run app.py`, on a port and a database of its own."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

from benchmarks.caches import without_runs

ROOT = Path(__file__).resolve().parents[2]
HOST = "localhost"
START_SECONDS = 60
END_SECONDS = 30


class Server:
    """One server process, the workers it spawns, and everything they print.

    It leads a process group of its own. All of them write to one pipe, which therefore ends when
    the last of them has: that is how a worker left behind is noticed.
    """

    def __init__(self, database: Path, *, futures: int) -> None:
        self.port = _free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.printed: list[str] = []
        self._settings = {
            "FRONTIER_COMMONS_CACHE": str(without_runs(database.with_suffix(".cache"))),
            "FRONTIER_COMMONS_DB": str(database),
            "FRONTIER_COMMONS_FUTURES": str(futures),
            "PYTHONUNBUFFERED": "1",
        }

    def start(self) -> None:
        """Start the server and wait until it answers."""
        words = f"-m streamlit run app.py --server.port {self.port} --server.headless true"
        self._process = subprocess.Popen(
            [sys.executable, *words.split(), "--server.address", HOST],
            cwd=ROOT,
            env=os.environ | self._settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,))
        self._reader.start()
        try:
            self._wait_until_healthy()
        except RuntimeError:
            self.stop()
            raise

    def stop(self) -> None:
        """Ask the server to end, wait for it and its workers, and end by force what remains."""
        self._process.terminate()
        self._reader.join(END_SECONDS)
        lingering = self._reader.is_alive()
        if lingering:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._reader.join()
        self._process.wait()
        if lingering:
            raise RuntimeError(f"the server or a worker did not end in {END_SECONDS} seconds")

    def restart(self) -> None:
        """Stop, and start again on the same port and database."""
        self.stop()
        self.start()

    def _read(self, pipe: IO[str]) -> None:
        with pipe:
            self.printed.extend(pipe)

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._is_healthy():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start:\n{''.join(self.printed)}")
            time.sleep(0.1)

    def _is_healthy(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/_stcore/health")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
