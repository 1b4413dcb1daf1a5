# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/policy-reference.md from the policy's JSON Schema.

Usage: policy_reference.py [--check]

With ``--check`` the program writes nothing and exits 1 when the page differs from what the schema gives.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import re
import sys
import typing as t

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "plugins" / "plugin_utils" / "_policy" / "port-policy-v1.schema.json"
PAGE = ROOT / "docs" / "policy-reference.md"

Schema = dict[str, t.Any]

# Chapters in reading order: title, path of the description, path of the keys.
CHAPTERS = (
    ("The policy", (), ()),
    ("`defaults`", ("$defs", "defaults"), ("$defs", "defaults")),
    ("`services`", ("properties", "services"), ("$defs", "service_port")),
    ("`networks`", ("$defs", "networks"), ("$defs", "networks")),
    ("`rules[]`", ("$defs", "rule"), ("$defs", "rule")),
    ("`process`", ("$defs", "process"), ("$defs", "process")),
    ("`applies_to`", ("$defs", "applies_to"), ("$defs", "applies_to")),
    ("`controls[]`", ("$defs", "control"), ("$defs", "control")),
    ("`waivers[]`", ("$defs", "waiver"), ("$defs", "waiver")),
    ("`match`", ("$defs", "match"), ("$defs", "match")),
)

HEAD = """\
# Policy reference

<!-- Made by tests/tools/policy_reference.py from the JSON Schema; edit that, not this page. -->

This page lists every key of a port policy. A policy is one YAML (or JSON) file, or a mapping that you pass inline to
the role. It defines what may listen on your hosts, what must listen, and what must not listen.
[How verdicts are reached](verdicts.md) explains how the collection derives verdicts from it.

The smallest useful policy:

```yaml
version: 1
name: production
rules:
  - id: ssh
    protocol: tcp
    port: 22
    justification: administration
```

The role includes three policies, in `roles/port_audit/files/policies`: `baseline.yml` for a first audit of any machine,
and two examples, `example-web-tier.yml` and `example-database-tier.yml`.

The schema is `plugins/plugin_utils/_policy/port-policy-v1.schema.json` (JSON Schema draft 2020-12). If you add one line
at the top of a policy, editors that have the YAML language server complete keys, explain them and mark mistakes:
[Policies in an editor](editors.md).
"""

TAIL = """\
## Checks beyond the schema

The collection also checks the following, and reports the same positions:

- Ranges run forward and stay within 1 to 65535.
- Names of services exist, in `services` or in IANA's registry, and have a port for every protocol of the rule.
- Ids are unique, among rules and among waivers. A waiver's `rule` exists.
- Networks have no host bits set (`10.0.0.5/8`), and no network is both public and private.
- The conditions of `process` can be true: a `name` fits into the kernel's 15 bytes; an `exe` starts with a slash and
  contains no `..`; a literal `unit` has its suffix and is not a unit of a user's own service manager; a `container` is
  a full id (or a glob); a `user` is not `user:group`.
- An item of `hosts` is one name or glob. An item of `groups` is one name. Other Ansible patterns are errors, and the
  message says what to write: `web[1:5]` (a range of an inventory, a slice of a pattern), `~regex`, `web:&prod`,
  `web:!db`, `web,db`, `all`.
- Globs have closed brackets. `[^a]`, `[[:digit:]]`, `{a,b}` and a leading `!` have another meaning in other tools, so
  they are errors.
- `approved_on` is not after `review_by` or `expires`.

## Error messages

The check reports all mistakes at once, sorted by line, before Ansible contacts any host:

```text
policy.yml:9:5: $.rules[1].protcol: unknown key, did you mean protocol?
policy.yml:14:11: $.rules[2].port: the range is reversed, found "8099-8000", did you mean 8000-8099?
```

A message contains the file, the line, the column, the place inside the document, the mistake, the value found and the
value that you probably meant. The position of an unknown key is the key. The position of a missing key is the mapping
that lacks it. For an inline policy, the message names the file of the play or the variables if ansible-core knows it.
Otherwise it shows `inline policy`, without a line.

## YAML values with unexpected meanings

Ansible reads YAML 1.1, in which some plain words have another meaning. In a policy file the check reports each of them
and never guesses. (For an inline policy, Ansible passes on only the result: the number 1342, not `22:22`.)

| written | read as | write |
|---|---|---|
| `on:`, `yes`, `no`, `off` | true or false | the hosts of a rule go into `applies_to`; for a text: `"yes"` |
| `22:22` | the number 1342, to the base of 60 | `"22:22"` |
| `010` | the number 8 | `10`, or `"010"` |
| `version: 4.10` | the number 4.1 | `version: "4.10"` |
| `ticket: 2026-01-05` | a date | `ticket: "2026-01-05"` |
| `2026-13-01` | a date that does not exist | a date that exists |
| `port: {{ ssh_port }}` | a mapping in a mapping | the value: Ansible templates inline policies, but not policy files |

Anchors, aliases and merge keys (`&x`, `*x`, `<<`) work. Tags such as `!vault` do not work, and a mapping cannot contain
the same key twice.

The run decrypts a file that `ansible-vault encrypt` encrypted as a whole, with the vault secrets of the run. The run
keeps the policy in clear text (mode 0600), because auditors must be able to read what was approved. A warning reports
this.

## Files or inline

The collection reads policies from regular files of at most 8 MiB. It never reads them from pipes, devices or URLs. In
the path from a play or `-e`, `~` and `$HOME` work as in a shell; in `include` they do not.

A run reads and compiles a file once, and all workers share the result. Ansible templates an inline policy for every
host, so keep it below 100 rules.
"""


def reference(schema: Schema) -> str:
    """The page."""
    chapters = [
        _chapter(title, _at(schema, described), keys=_at(schema, keys), schema=schema)
        for title, described, keys in CHAPTERS
    ]
    return "\n".join([HEAD, *chapters, TAIL])


def _at(schema: Schema, path: tuple[str, ...]) -> Schema:
    for part in path:
        schema = schema[part]
    return schema


def _chapter(title: str, described: Schema, *, keys: Schema, schema: Schema) -> str:
    needed = keys.get("required", [])
    rows = [
        _row(key, _whole(item, schema), needed=key in needed, schema=schema) for key, item in keys["properties"].items()
    ]
    words = [described["description"], *([keys["description"]] if keys is not described else [])]
    table = ["| key | value | meaning |", "|---|---|---|", *rows]
    example = _example(described["examples"][0])
    return "\n".join([f"## {title}", "", " ".join(words), "", *table, "", *example, ""])


def _row(key: str, described: Schema, *, needed: bool, schema: Schema) -> str:
    name = f"**`{key}`** (required)" if needed else f"`{key}`"
    meaning = f"{_sentence(described['title'])} {described['description']}"
    if "default" in described:
        meaning += f" Default: `{described['default']}`."
    return f"| {name} | {_value(described, schema)} | {meaning.replace('|', chr(92) + '|')} |"


def _sentence(title: str) -> str:
    return f"{title[0].upper()}{title[1:]}."


def _value(described: Schema, schema: Schema) -> str:
    """The allowed values, in words."""
    if "const" in described:
        return f"`{described['const']}`"
    choice = described.get("then") if "type" in described.get("if", {}) else described
    values = _whole(choice or {}, schema).get("enum")
    if values:
        words = ", ".join(f"`{value}`" for value in values)
        return f"{words}, or a list of them" if "array" in described["type"] else words
    if described.get("format") == "date":
        return "date, `YYYY-MM-DD`"
    kinds = [described["type"]] if isinstance(described["type"], str) else described["type"]
    return " or ".join(_KINDS[kind] for kind in kinds)


_KINDS = {"boolean": "true or false", "string": "text", "integer": "number", "array": "list", "object": "mapping"}


def _whole(described: Schema, schema: Schema) -> Schema:
    """Merged with the definition that it refers to; its own keys take precedence."""
    if "$ref" not in described:
        return described
    target = schema["$defs"][described["$ref"].rpartition("/")[2]]
    return {**_whole(target, schema), **described}


def _example(example: t.Mapping[str, t.Any]) -> list[str]:
    """One line for each key, lists of mappings below their key, as in a policy."""
    lines: list[str] = []
    for key, value in example.items():
        if isinstance(value, list) and isinstance(value[0], dict):
            lines.extend([f"{key}:", *(f"  - {_flow(item)}" for item in value)])
        else:
            lines.append(f"{key}: {_flow(value)}")
    return ["```yaml", *lines, "```"]


def _flow(value: t.Any) -> str:
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, default_flow_style=True, width=1000)
    return text.removesuffix("...\n").rstrip()


class _Dumper(yaml.SafeDumper):
    """Writes dates plain and numbers with dots in quotes, as the page recommends."""

    def represent_text(self, text: str) -> yaml.Node:
        if _DATE.fullmatch(text):
            return self.represent_scalar("tag:yaml.org,2002:timestamp", text)
        return self.represent_scalar("tag:yaml.org,2002:str", text, style='"' if _DOTTED.fullmatch(text) else None)


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DOTTED = re.compile(r"[0-9.]+")
_Dumper.add_representer(str, _Dumper.represent_text)


def main(arguments: t.Sequence[str]) -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description="Write docs/policy-reference.md from the policy's JSON Schema.")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when the page is out of date")
    options = parser.parse_args(arguments)
    page = reference(json.loads(SCHEMA.read_text(encoding="utf-8")))
    if not options.check:
        PAGE.write_text(page, encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != page:
        print(f"{PAGE.relative_to(ROOT)} is out of date: run {pathlib.Path(__file__).relative_to(ROOT)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
