# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a policy may come from."""

from __future__ import annotations

import datetime
import enum
import os
import pathlib
import socket
import typing as t

import pytest
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_errors import PolicyError
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy._policy_model import Policy
from ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source import _policy_document, _source
from ansible_collections.fleetports.compliance.tests.unit.factories.policies import loaded

SMALL = "version: 1\nname: small\nrules: [{id: ssh, protocol: tcp, port: ssh, review_by: 2027-01-05}]\n"


def load(source: t.Any) -> Policy:
    return loaded(source)


def refusal(source: t.Any) -> str:
    with pytest.raises(PolicyError) as caught:
        load(source)
    return str(caught.value)


def small() -> dict[str, t.Any]:
    rule = {"id": "ssh", "protocol": "tcp", "port": "ssh", "review_by": datetime.date(2027, 1, 5)}
    return {"version": 1, "name": "small", "rules": [rule]}


class TestFiles:
    @pytest.fixture
    def file(self, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
        monkeypatch.chdir(tmp_path)
        path = tmp_path / "policy.yml"
        path.write_text(SMALL)
        return path

    def test_path_list_and_pathlike_are_the_same(self, file: pathlib.Path) -> None:
        policy = load("policy.yml")
        assert policy == load(["policy.yml"]) == load(pathlib.Path("policy.yml"))
        assert policy.sources == ("policy.yml",)
        assert str(policy.rules[0].place) == "policy.yml:3:9"

    def test_missing(self, file: pathlib.Path) -> None:
        assert refusal("polcy.yml") == "polcy.yml: the file does not exist"

    def test_directory(self, tmp_path: pathlib.Path) -> None:
        assert refusal(str(tmp_path)) == f"{tmp_path}: is a directory without policy files (.yml, .yaml, .json)"

    def test_fifo_is_not_waited_for(self, tmp_path: pathlib.Path) -> None:
        os.mkfifo(tmp_path / "fifo")
        assert "is not a regular file" in refusal(str(tmp_path / "fifo"))

    @pytest.mark.parametrize("path", ["/dev/zero", "/dev/tty", "/dev/null"])
    def test_device_is_not_read(self, path: str) -> None:
        assert refusal(path) == f"{path}: is not a regular file: a policy cannot be a pipe or a device"

    def test_socket(self, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)  # the path of a socket is short
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("s")
            assert "is not a regular file" in refusal("s")

    @pytest.mark.parametrize("path", ["/proc/kmsg", "/proc/self/status", "/proc/self/mem"])
    def test_file_of_the_kernel_is_not_read(self, path: str) -> None:
        """/proc/kmsg waits for messages, and takes away those that it gives."""
        if not os.access(path, os.R_OK):
            pytest.skip(f"{path} is not there or not for this user")
        assert refusal(path) == f"{path}: is empty: a policy needs version, name and rules"

    def test_what_takes_the_place_of_a_file_is_not_waited_for(
        self, file: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Between the look at a path and its opening somebody may put a FIFO there."""
        os.mkfifo(tmp_path / "fifo")
        opened = os.open
        monkeypatch.setattr(os, "open", lambda _path, flags, **more: opened("fifo", flags, **more))
        assert "is not a regular file" in refusal("policy.yml")

    def test_link_to_itself(self, tmp_path: pathlib.Path) -> None:
        (tmp_path / "a.yml").symlink_to("a.yml")
        assert "cannot be read: Too many levels of symbolic links" in refusal(str(tmp_path / "a.yml"))

    @pytest.mark.parametrize(
        ("path", "said"),
        [
            pytest.param("", "the path of the policy is empty", id="empty"),
            pytest.param(" \t", "the path of the policy is empty", id="spaces"),
            pytest.param(
                "https://git.example/p.yml", 'cannot be a URL, found "https://git.example/p.yml": fetch it', id="https"
            ),
            pytest.param("git+ssh://git.example/p.git", "cannot be a URL, found", id="git"),
            pytest.param("git@git.example:team/p.git", "cannot be a URL, found", id="scp"),
            pytest.param("file:///etc/p.yml", "cannot be a URL, found", id="file-url"),
            pytest.param("vault://secret/policy", "cannot be a URL, found", id="vault-url"),
            pytest.param("~nobody-here/p.yml", "~ has no directory here", id="tilde"),
            pytest.param("$NOT_SET_HERE/p.yml", "the environment variable NOT_SET_HERE is not set", id="variable"),
            pytest.param("${NOT_SET_HERE}/p.yml", "the environment variable NOT_SET_HERE is not set", id="braces"),
            pytest.param("{{ policies }}/p.yml", "the template in the path was not evaluated", id="template"),
        ],
    )
    def test_what_is_no_path_has_a_sentence_of_its_own(self, path: str, said: str) -> None:
        assert said in refusal(path)
        assert said.replace("the path of the policy is empty", "blank") in refusal([path]) or not path.strip()

    def test_such_a_name_is_taken_where_it_is_there(self, file: pathlib.Path) -> None:
        file.rename(file.with_name("~$x.yml"))
        assert load("~$x.yml").name == "small"

    def test_broken_link(self, tmp_path: pathlib.Path) -> None:
        (tmp_path / "link").symlink_to("nowhere")
        assert "the file does not exist" in refusal(str(tmp_path / "link"))

    def test_name_that_no_file_can_have(self) -> None:
        assert "cannot be read" in refusal("a\0b")

    def test_name_that_is_too_long(self) -> None:
        assert "cannot be read: File name too long" in refusal("x" * 300)

    def test_not_permitted(self, file: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def denied(_path: str) -> t.NoReturn:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(_source.os, "stat", denied)
        assert refusal("policy.yml") == "policy.yml: cannot be read: Permission denied"

    def test_too_large(self, file: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_source, "MAX_BYTES", len(SMALL) - 1)
        assert "is larger than" in refusal("policy.yml")
        monkeypatch.setattr(_source, "MAX_BYTES", len(SMALL))
        assert load("policy.yml").name == "small"

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(SMALL.encode("utf-8-sig"), id="byte-order-mark"),
            pytest.param(SMALL.replace("\n", "\r\n").encode(), id="crlf"),
            pytest.param(SMALL.rstrip("\n").encode(), id="no-last-newline"),
            pytest.param(b"%YAML 1.1\n---\n" + SMALL.encode() + b"...\n", id="directive"),
        ],
    )
    def test_forms_of_text(self, file: pathlib.Path, content: bytes) -> None:
        file.write_bytes(content)
        assert load("policy.yml").sha256 == load(small()).sha256

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            pytest.param(
                b"version: 1\nname: \xff\n", "policy.yml:2:7: is not UTF-8 text, found the byte 0xff", id="latin-1"
            ),
            pytest.param(
                SMALL.encode("utf-16"),
                "policy.yml:1:1: is UTF-16 text: save the policy as UTF-8",
                id="utf-16",
            ),
            pytest.param(
                SMALL.encode("utf-16-be"), "policy.yml:1:1: is not YAML: the character U+0000 is not allowed", id="be"
            ),
            pytest.param(
                b"version: 1\nname: a\x00b\n",
                "policy.yml:2:8: is not YAML: the character U+0000 is not allowed",
                id="nul",
            ),
            pytest.param(
                b"name: a\x1bb\n", "policy.yml:1:8: is not YAML: the character U+001B is not allowed", id="escape"
            ),
        ],
    )
    def test_bytes_that_are_no_text(self, file: pathlib.Path, content: bytes, message: str) -> None:
        file.write_bytes(content)
        assert refusal("policy.yml") == message

    def test_deep_nesting_does_not_take_the_process_down(self, file: pathlib.Path) -> None:
        file.write_text("[" * 200_000)
        # The bound is met while reading (33), or by libyaml, in versions that have one, a thousand levels ahead.
        assert refusal("policy.yml") in (
            "policy.yml:1:33: is nested more than 32 levels deep",
            "policy.yml:1:1001: is nested more than 32 levels deep",
        )

    def test_of_mappings_that_are_merged_the_first_wins(self, file: pathlib.Path) -> None:
        """Whatever the version of PyYAML makes of it."""
        file.write_text(
            "version: 1\nname: x\nrules:\n"
            "  - <<: [{id: a, protocol: tcp, reach: link}, {reach: host, owner: second}]\n    port: 1\n"
        )
        (rule,) = loaded("policy.yml").rules
        assert (rule.reach, rule.approval.owner) == ("link", "second")

    def test_bound_on_values_counts_those_of_aliases(self, file: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            "ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source._read_yaml.MAX_VALUES", 20
        )
        file.write_text("version: 1\nname: x\nrules: []\nservices: {a: &a [1, 2, 3, 4, 5], b: *a, c: *a, d: *a}\n")
        assert refusal("policy.yml") == (
            "policy.yml:4:52: holds more than 20 values, including the values that aliases repeat"
        )

    def test_message_is_one_line_whatever_the_file_is_called(self, tmp_path: pathlib.Path) -> None:
        (tmp_path / "a\nb\x1b[31m.yml").write_text("x: 1")
        said = refusal(str(tmp_path / "a\nb\x1b[31m.yml"))
        assert all(line.isprintable() for line in said.split("\n"))
        assert r"a b\x1b[31m.yml:1:1: $.x: unknown key" in said


class TestLists:
    def test_of_none(self) -> None:
        assert refusal([]) == "policy: the list of policies is empty"

    @pytest.mark.parametrize(
        ("source", "kind"),
        [
            pytest.param(None, "NoneType", id="nothing"),
            pytest.param(5, "int", id="number"),
            pytest.param([[small()]], "list", id="list-in-list"),
            pytest.param(b"policy.yml", "bytes", id="bytes"),
        ],
    )
    def test_of_something_else(self, source: t.Any, kind: str) -> None:
        assert refusal(source) == f"policy: is a path or a mapping, found a {kind}"


class _Text(str):
    """As ansible-core's tagged text: a subclass, which its own str() may keep (AnsibleUnsafeText of 2.18)."""

    def __str__(self) -> str:  # pylint: disable=invalid-str-returned
        return self


class _Number(int):
    pass


class _Day(datetime.date):
    pass


class _Mapping(dict[t.Any, t.Any]):
    pass


class _List(list[t.Any]):
    pass


class TestInline:
    def test_tagged_values_become_plain(self) -> None:
        rule = _Mapping(
            {
                _Text("id"): _Text("ssh"),
                "protocol": _List([_Text("tcp")]),
                "port": _Text("ssh"),
                "review_by": _Day(2027, 1, 5),
            }
        )
        policy = load(_Mapping({"version": _Number(1), "name": _Text("small"), "rules": _List([rule])}))
        assert policy.sha256 == load(small()).sha256
        assert type(policy.name) is type(policy.rules[0].id) is type(policy.rules[0].ports[0].label) is str
        review_by: object = policy.rules[0].approval.review_by
        assert (type(review_by), review_by) == (datetime.date, datetime.date(2027, 1, 5))

    def test_days_may_be_text_or_dates(self) -> None:
        as_text = small()
        as_text["rules"][0]["review_by"] = "2027-01-05"
        assert load(as_text).sha256 == load(small()).sha256

    def test_what_was_given_is_left_as_it_was(self) -> None:
        given = small()
        load(given)
        assert given == small()

    def test_has_no_line(self) -> None:
        place = load(small()).rules[0].place
        assert (str(place), place.line) == ("inline policy", None)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            pytest.param(
                {True: {"groups": "web"}},
                "inline policy: $.rules[0].on: the key true is not text "
                "(YAML 1.1 reads on, off, yes, no and digits otherwise): "
                "write the hosts of a rule or waiver in applies_to",
                id="on",
            ),
            pytest.param(
                {22: "x"},
                "inline policy: $.rules[0].22: the key 22 is not text "
                "(YAML 1.1 reads on, off, yes, no and digits otherwise): quote it",
                id="number-as-key",
            ),
            pytest.param(
                {"owner": datetime.date(2026, 1, 5)},
                "inline policy: $.rules[0].owner: must be text, found the date 2026-01-05: quote it",
                id="day-as-text",
            ),
            pytest.param(
                {"review_by": datetime.datetime(2026, 1, 5, 10)},
                'inline policy: $.rules[0].review_by: must be a day as YYYY-MM-DD, found "2026-01-05T10:00:00"',
                id="time-as-day",
            ),
            pytest.param(
                {"process": {None: ["x", 1]}},
                "inline policy: $.rules[0].process.None: the key none is not text "
                "(YAML 1.1 reads on, off, yes, no and digits otherwise): quote it",
                id="wrong-key-above-wrong-values",
            ),
            pytest.param(
                {"id": {}, "port": []},
                "inline policy: $.rules[0].id: must be text, found a mapping\n"
                "inline policy: $.rules[0].port: must not be an empty list",
                id="values-of-wrong-kinds",
            ),
            pytest.param(
                {"owner": {"a", "b"}},
                "inline policy: $.rules[0].owner: must be text, a number, a list or a mapping, found a set",
                id="set",
            ),
            pytest.param(
                {"owner": "a\x1bb"},
                "inline policy: $.rules[0].owner: has the character U+001B in it, which is not allowed in text",
                id="control-character",
            ),
            pytest.param(
                {"owner": "a\ud800"},
                "inline policy: $.rules[0].owner: has the character U+D800 in it, which is not allowed in text",
                id="half-a-character",
            ),
            pytest.param(
                {"port": 16**9999},
                "inline policy: $.rules[0].port: must be at most 65535, found a number with thousands of digits",
                id="huge-number",
            ),
            pytest.param(
                {"id": "ssh\n"},
                "inline policy: $.rules[0].id: must consist of letters, digits, `.`, `_`, `:` and `-`, "
                'the first of them a letter or a digit; found "ssh\\n"',
                id="line-end",
            ),
            pytest.param(
                {"process": {16**9999: "x"}},
                "inline policy: $.rules[0].process['a number with thousands of digits']: the key a number with "
                "thousands of digits is not text (YAML 1.1 reads on, off, yes, no and digits otherwise): quote it",
                id="huge-number-as-key",
            ),
            pytest.param(
                {"owner": object},
                "inline policy: $.rules[0].owner: must be text, a number, a list or a mapping, found a type",
                id="class",
            ),
            pytest.param(
                {"protocol": "udb"},
                "inline policy: $.rules[0].protocol: must be tcp, udp, udplite, sctp or dccp, "
                'found "udb", did you mean udp?',
                id="value",
            ),
        ],
    )
    def test_problems(self, change: dict[t.Any, t.Any], message: str) -> None:
        raw = small()
        raw["rules"][0].update(change)
        assert refusal(raw) == message

    def test_mapping_in_itself(self) -> None:
        raw = small()
        raw["rules"][0]["process"] = raw
        assert "is nested more than 32 levels deep" in refusal(raw)

    def test_bound_on_values(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            "ansible_collections.fleetports.compliance.plugins.plugin_utils._policy.source._inline.MAX_VALUES", 5
        )
        assert refusal(small()) == "inline policy: holds more than 5 values"

    def test_braces_are_left_alone(self) -> None:
        """Ansible has templated what is inline; what is left of braces is meant."""
        raw = small()
        raw["rules"][0]["justification"] = "the {{ of Jinja"
        assert load(raw).rules[0].approval.justification == "the {{ of Jinja"

    def test_text_that_is_an_enum_is_its_text(self) -> None:
        kind = enum.StrEnum("kind", {"TCP": "tcp"})
        raw = small()
        raw["rules"][0]["protocol"] = kind.TCP
        assert load(raw).sha256 == load(small()).sha256


def test_bounds_leave_room_for_large_policies() -> None:
    assert _policy_document.MAX_BYTES >= 4 * 1024 * 1024
    assert _policy_document.MAX_VALUES >= 300_000
