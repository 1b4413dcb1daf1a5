# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/policy-reference.md from the policy's JSON Schema.

Usage: policy_reference.py [--check]

With ``--check`` nothing is written; exits 1 when the page is not what the schema would give.
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

# Chapters in reading order: title, what is described, and whose keys are listed.
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

A policy is one YAML (or JSON) file, or a mapping given inline to the role. It says what may listen on your hosts, what
must, and what must not. How verdicts follow from it is told in [How verdicts are reached](verdicts.md).

The smallest one that is of use:

```yaml
version: 1
name: production
rules:
  - id: ssh
    protocol: tcp
    port: 22
    justification: administration
```

Three policies come with the role, in `roles/port_audit/files/policies`: `baseline.yml` for a first look at any
machine, and two examples, `example-web-tier.yml` and `example-database-tier.yml`.

The schema is `plugins/plugin_utils/_policy/port-policy-v1.schema.json` (JSON Schema draft 2020-12). With a line on
top of a policy, editors that have the YAML language server complete keys, explain them and mark mistakes:
[Policies in an editor](editors.md).
"""

TAIL = """\
## What the schema cannot say

These are checked as well, with the same positions:

- ranges run forward and stay within 1 to 65535;
- names of services exist, in `services` or in IANA's registry, and have a port for every protocol of the rule;
- ids are unique, among rules and among waivers; a waiver's `rule` exists;
- networks have no host bits set (`10.0.0.5/8`), and none is public and private at once;
- what `process` asks for can be true: a `name` fits into the kernel's 15 bytes, an `exe` starts with a slash and has no
  `..` in it, a literal `unit` has its suffix and is none of a user's own service manager, a `container` is a whole id
  (or a glob), a `user` is no `user:group`;
- an item of `hosts` is one name or glob, an item of `groups` one name. What Ansible reads besides is refused with what
  to write: `web[1:5]` (a range of an inventory, a slice of a pattern), `~regex`, `web:&prod`, `web:!db`, `web,db`,
  `all`;
- globs have closed brackets; `[^a]`, `[[:digit:]]`, `{a,b}` and a leading `!` mean something else elsewhere, and are
  refused;
- `approved_on` does not lie after `review_by` or `expires`.

## Mistakes, and how they are told

All of them come at once, sorted by line, before any host is touched:

```text
policy.yml:9:5: $.rules[1].protcol: unknown key, did you mean protocol?
policy.yml:14:11: $.rules[2].port: the range runs backwards, found "8099-8000", did you mean 8000-8099?
```

That is file, line, column, the place inside of the document, what is wrong, what was found and what was probably
meant. An unknown key is reported at the key, a missing one at what it is missing from. Of an inline policy the
file is that of the play or the variables, where ansible-core knows it, else `inline policy`, without line.

## YAML that is read otherwise than it looks

Ansible reads YAML 1.1, in which some plain words are something else. In a policy file each of these is reported, never
guessed. (Of an inline policy Ansible hands on only what it made of them: the number 1342, not `22:22`.)

| written | read as | write |
|---|---|---|
| `on:`, `yes`, `no`, `off` | true or false | the hosts of a rule go into `applies_to`; for a text: `"yes"` |
| `22:22` | the number 1342, to the base of 60 | `"22:22"` |
| `010` | the number 8 | `10`, or `"010"` |
| `version: 4.10` | the number 4.1 | `version: "4.10"` |
| `ticket: 2026-01-05` | a date | `ticket: "2026-01-05"` |
| `2026-13-01` | a date that does not exist | a date that does |
| `port: {{ ssh_port }}` | a mapping in a mapping | the value: policy files are not templated, inline policies are |

Anchors, aliases and merge keys (`&x`, `*x`, `<<`) work. Tags such as `!vault` do not, and a key may stand only once.

A file that `ansible-vault encrypt` encrypted as a whole is read with the vault secrets of the run. The run keeps the
policy in clear (mode 0600), for auditors have to read what was approved; a warning says so.

## Files or inline

Policies are read from regular files of 8 MiB at most, never from pipes, devices or URLs. In the path that a play or
`-e` gives, `~` and `$HOME` stand for what they stand for in a shell; in `include` they do not.

A file is read once for a whole run, compiled, and shared by all workers. An inline policy is templated by Ansible for
every host: keep it below 100 rules.
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
    """What may stand there, in words."""
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
    """With what it refers to; its own words win."""
    if "$ref" not in described:
        return described
    target = schema["$defs"][described["$ref"].rpartition("/")[2]]
    return {**_whole(target, schema), **described}


def _example(example: t.Mapping[str, t.Any]) -> list[str]:
    """One line for each key, lists of mappings below theirs: as people write policies."""
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
    """Dates plain, and numbers with dots in quotes: as the page tells people to write them."""

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
