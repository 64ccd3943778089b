"""What no visit may show: an error, a failed request, a dialog, a word with another machine."""

from __future__ import annotations

import re

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    Response,
    Route,
)

OWN_SCHEMES = ("data:", "blob:")


class Watch:
    """Blocks all requests but those to the app, and notes all that went wrong in a context."""

    def __init__(self, url: str) -> None:
        self.complaints: list[str] = []
        self._url = url
        # Opened below the root, as at /compare, Streamlit's page looks for its server there first
        # and then at the root. These two 404 are its own way of finding out where it is.
        self._probe = re.compile(rf"{re.escape(url)}/[a-z-]+/_stcore/(health|host-config)")

    def follow(self, context: BrowserContext) -> None:
        """Watch a context from its first page on."""
        context.route(re.compile(rf"^(?!{re.escape(self._url)}/)"), self._block)
        context.on("console", self._console)
        context.on("weberror", lambda error: self._note(f"uncaught: {error.error}"))
        context.on("dialog", self._dialog)
        context.on("response", self._response)
        context.on("requestfailed", self._failed)
        context.on("page", self._page)

    def _note(self, complaint: str) -> None:
        self.complaints.append(complaint)

    def _is_ours(self, url: str) -> bool:
        return url.startswith((f"{self._url}/", *OWN_SCHEMES))

    def _block(self, route: Route) -> None:
        self._note(f"asked another machine: {route.request.url}")
        route.abort()

    def _console(self, message: ConsoleMessage) -> None:
        is_probe = self._probe.fullmatch(message.location["url"]) and "404" in message.text
        if message.type == "error" and not is_probe:
            self._note(f"console: {message.text} ({message.location['url']})")

    def _dialog(self, dialog: Dialog) -> None:
        self._note(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _response(self, response: Response) -> None:
        is_probe = self._probe.fullmatch(response.url) and response.status == 404
        if response.status >= 400 and not is_probe:
            self._note(f"answered {response.status}: {response.url}")

    def _failed(self, request: Request) -> None:
        self._note(f"failed, {request.failure}: {request.url}")

    def _page(self, page: Page) -> None:
        page.on("websocket", lambda socket: self._socket(socket.url))

    def _socket(self, url: str) -> None:
        if not self._is_ours(url.replace("ws", "http", 1)):
            self._note(f"opened a socket to another machine: {url}")
