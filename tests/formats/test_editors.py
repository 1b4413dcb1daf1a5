# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy schema in yaml-language-server, which editors ask: found by modeline, completes, explains, complains."""

from __future__ import annotations

import functools
import http.server
import pathlib
import re
import sys
import threading
import typing as t

import pytest
from language_server import Editor, Place

ROOT = pathlib.Path(__file__).parents[2]
POLICIES = ROOT / "roles" / "port_audit" / "files" / "policies"
SCHEMA = ROOT / "plugins" / "plugin_utils" / "_policy" / "port-policy-v1.schema.json"
MODELINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")
SERVER = pathlib.Path("node_modules", "yaml-language-server", "bin", "yaml-language-server")


@pytest.fixture(scope="module")
def editor(tools: pathlib.Path) -> t.Iterator[Editor]:
    node = pathlib.Path(sys.executable).with_name("node")  # of requirements/formats.txt
    editor = Editor([str(node), str(tools / "editors" / SERVER), "--stdio"], root=ROOT)
    yield editor
    editor.close()


@pytest.fixture
def write(editor: Editor, tmp_path: pathlib.Path) -> t.Callable[[str], tuple[pathlib.Path, Place]]:
    """Open a policy below the modeline of the bundled ones; ``^`` is where the cursor stands."""

    def opened(text: str) -> tuple[pathlib.Path, Place]:
        before, _cursor, after = f"# yaml-language-server: $schema={SCHEMA}\n{text}".partition("^")
        path = tmp_path / "policy.yml"
        editor.show(path, before + after)
        return path, Place(before.count("\n"), len(before.rpartition("\n")[2]))

    return opened


HEAD = "version: 1\nname: x\n"
RULE = f"{HEAD}rules:\n  - id: ssh\n    port: 22\n    "
WAIVER = f"{HEAD}rules: []\nwaivers:\n  - id: W-1\n    "


def test_bundled_policies_name_the_schema_of_their_checkout():
    for path in POLICIES.glob("*.yml"):
        found = MODELINE.match(path.read_text(encoding="utf-8"))
        assert found, path.name
        assert (path.parent / found[1]).resolve() == SCHEMA


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in sorted(POLICIES.glob("*.yml"))])
class TestBundledPolicies:
    def test_nothing_is_wrong_with_them(self, editor, path):
        assert editor.open(path, path.read_text(encoding="utf-8")) == []

    def test_their_modeline_is_what_finds_mistakes(self, editor, path):
        text = path.read_text(encoding="utf-8").replace("unlisted:", "unlsted:")
        (told,) = editor.open(path.with_name(f"mistaken-{path.name}"), text)
        assert told.endswith(": Property unlsted is not allowed.")
        assert editor.open(path.with_name(f"bare-{path.name}"), MODELINE.sub("", text)) == []


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        pytest.param(f"{HEAD}^", {"defaults", "services", "networks", "rules", "waivers"}, id="keys of the policy"),
        pytest.param(
            f"{RULE}^", {"protocol", "reach", "state", "process", "applies_to", "justification"}, id="keys of a rule"
        ),
        pytest.param(f"{RULE}process:\n      ^", {"name", "exe", "user", "unit", "container"}, id="keys of process"),
        pytest.param(f"{WAIVER}^", {"match", "justification", "approved_by", "expires"}, id="keys of a waiver"),
        pytest.param(f"{RULE}reach: ^", {"host", "link", "private", "public"}, id="values of reach"),
        pytest.param(f"{RULE}state: ^", {"socket", "published"}, id="values of state"),
        pytest.param(f"{RULE}expect: ^", {"allowed", "required", "forbidden"}, id="values of expect"),
        pytest.param(f"{RULE}protocol: ^", {"tcp", "udp", "udplite", "sctp", "dccp"}, id="values of protocol"),
        pytest.param(f"{RULE}severity: ^", {"low", "medium", "high", "critical"}, id="values of severity"),
        pytest.param(f"{HEAD}defaults:\n  unlisted: ^", {"fail", "warn", "ignore"}, id="values of a default"),
        pytest.param(
            f"{WAIVER}match:\n      codes:\n        - ^",
            {"unlisted-listener", "missing-listener"},
            id="values in a list",
        ),
    ],
)
def test_it_completes(editor, write, text, offered):
    assert offered <= set(editor.complete(*write(text)))


def test_it_offers_no_key_twice(editor, write):
    assert not {"id", "port"} & set(editor.complete(*write(f"{RULE}^")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(f"{RULE}re^ach: private", "widest reach that is fine", id="key of a rule, its title"),
        pytest.param(f"{RULE}re^ach: private", "Without it any reach is fine.", id="key of a rule, its description"),
        pytest.param(f"{RULE}re^ach: private", "```yaml\nprivate\n```", id="key of a rule, its example"),
        pytest.param(f"{RULE}process: {{ex^e: /x}}", "name \\`user\\` or \\`unit\\` beside it", id="key of process"),
        pytest.param(f"{WAIVER}exp^ires: 2027-03-31", "Good to the end of that day, UTC.", id="key of a waiver"),
        pytest.param(f"{HEAD}defaults: {{unass^igned: fail}}", "port that IANA has unassigned", id="key of defaults"),
    ],
)
def test_it_explains(editor, write, text, said):
    assert said in editor.hover(*write(text))


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        pytest.param("protocol: tcp", [], id="nothing"),
        pytest.param("protocol: tpc", ['7: Value is not accepted. Valid values: "tcp", "udp", '], id="value"),
        pytest.param(
            "protcol: tcp", ['5: Missing property "protocol".', "7: Property protcol is not allowed."], id="key"
        ),
        pytest.param(
            "protocol: tcp\n    reach: everywhere", ['8: Value is not accepted. Valid values: "host"'], id="reach"
        ),
    ],
)
def test_it_complains(editor, tmp_path, rest, told):
    found = sorted(editor.open(tmp_path / "policy.yml", f"# yaml-language-server: $schema={SCHEMA}\n{RULE}{rest}\n"))
    assert len(found) == len(told)
    assert all(message.startswith(begin) for message, begin in zip(found, told, strict=True)), found


def test_an_address_works_as_well_as_a_path(editor, tmp_path):
    handler = functools.partial(_Quiet, directory=str(SCHEMA.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/{SCHEMA.name}"
        text = f"# yaml-language-server: $schema={address}\n{RULE}protocol: tcp\n    prt: 1\n"
        assert editor.open(tmp_path / "policy.yml", text) == ["8: Property prt is not allowed."]
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: t.Any) -> None:
        """Nothing: what pytest prints is enough."""
