# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Just enough of an editor to ask a language server: the Language Server Protocol over a process's stdio."""

from __future__ import annotations

import json
import pathlib
import queue
import subprocess
import threading
import typing as t

Message = dict[str, t.Any]
_SECONDS = 30


class Place(t.NamedTuple):
    """A position as the protocol counts: lines and characters from 0."""

    line: int
    character: int


class Editor:
    """One language server that was told to complete, hover and validate YAML, with no schema of its own."""

    def __init__(self, command: t.Sequence[str], *, root: pathlib.Path) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._inbox: queue.Queue[Message | None] = queue.Queue()
        self._asked = 0
        threading.Thread(target=self._listen, daemon=True).start()
        self._ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": _CAPABILITIES})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": _SETTINGS})

    def close(self) -> None:
        """End the server and see that it went."""
        self._ask("shutdown", None)
        self._tell("exit", None)
        self._process.wait(timeout=_SECONDS)

    def open(self, path: pathlib.Path, text: str) -> list[str]:
        """Open a text as that file, which need not exist; the messages of its diagnostics, ``line: message``.

        Each path once: of one that is open already the server may tell what it knew before.
        """
        self.show(path, text)
        told = self._await(lambda message: _is_about(message, path.as_uri()))["params"]["diagnostics"]
        return [f"{one['range']['start']['line'] + 1}: {one['message']}" for one in told]

    def show(self, path: pathlib.Path, text: str) -> None:
        """Open it and wait for nothing."""
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})

    def complete(self, path: pathlib.Path, place: Place) -> list[str]:
        """The labels that the server offers there."""
        answer = self._ask("textDocument/completion", _at(path, place)) or []
        items = answer["items"] if isinstance(answer, dict) else answer
        return [item["label"] for item in items]

    def hover(self, path: pathlib.Path, place: Place) -> str:
        """What the server says of the word there; nothing: an empty text."""
        answer = self._ask("textDocument/hover", _at(path, place))
        return str(answer["contents"]["value"]) if answer else ""

    def _ask(self, method: str, parameters: t.Any) -> t.Any:
        self._asked += 1
        number = self._asked
        self._send({"id": number, "method": method, "params": parameters})
        answer = self._await(lambda message: message.get("id") == number and "method" not in message)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def _tell(self, method: str, parameters: t.Any) -> None:
        self._send({"method": method, "params": parameters})

    def _await(self, wanted: t.Callable[[Message], bool]) -> Message:
        """The next message that is wanted. What the server asks meanwhile is answered: it waits for that."""
        while True:
            message = self._inbox.get(timeout=_SECONDS)
            if message is None:
                raise RuntimeError(f"the language server ended with {self._process.wait()}")
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": _answer(message)})
            elif wanted(message):
                return message

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stream = self._process.stdin
        if stream is not None:
            stream.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            stream.flush()

    def _listen(self) -> None:
        stream = t.cast("t.IO[bytes]", self._process.stdout)
        while header := stream.readline():
            name, _colon, value = header.partition(b":")
            if name.lower() == b"content-length":
                while stream.readline().strip():
                    pass
                self._inbox.put(json.loads(stream.read(int(value))))
        self._inbox.put(None)


_CAPABILITIES = {
    "textDocument": {
        "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {},
    },
    "workspace": {"configuration": True},
}
# The store is a list of schemas on the web: with it, whether a test passes would depend on the network.
_SETTINGS = {
    "yaml": {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}},
}


def _is_about(message: Message, uri: str) -> bool:
    return message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri


def _at(path: pathlib.Path, place: Place) -> Message:
    return {"textDocument": {"uri": path.as_uri()}, "position": place._asdict()}


def _answer(request: Message) -> t.Any:
    if request["method"] != "workspace/configuration":
        return None
    return [_SETTINGS.get(item.get("section")) for item in request["params"]["items"]]
