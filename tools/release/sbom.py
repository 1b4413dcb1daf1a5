# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn what cyclonedx-py says of an environment into the software bill of materials of a built collection.

Usage: sbom.py ARCHIVE ENVIRONMENT.json

ENVIRONMENT.json is what cyclonedx-py wrote about a virtual environment that holds what requirements/runtime.txt asks
for. The bill names the archive with its digest as the subject, what it needs on the controller, and the data of others
that it carries. It is checked against the schema of CycloneDX and printed.
"""

from __future__ import annotations

import hashlib
import json
import pathlib
import sys
import tarfile
import typing as t

Json = dict[str, t.Any]
# What makes an environment and is not needed by what runs in it.
NOT_NEEDED = frozenset({"pip", "setuptools", "wheel"})
REGISTRY = "plugins/plugin_utils/_registry/iana-ports.json"


def member(archive: pathlib.Path, name: str) -> Json:
    """A JSON file of the archive."""
    with tarfile.open(archive) as opened:
        stream = opened.extractfile(name)
        assert stream is not None, f"{archive} has no file {name}"  # noqa: S101 - the build made it a moment ago
        return t.cast("Json", json.load(stream))


def subject(archive: pathlib.Path) -> Json:
    """The collection: what its manifest says of it, and the digest of the archive."""
    about = member(archive, "MANIFEST.json")["collection_info"]
    name = f"{about['namespace']}.{about['name']}"
    return {
        "type": "library",
        "bom-ref": f"{name}@{about['version']}",
        "name": name,
        "version": about["version"],
        "description": about["description"],
        "purl": f"pkg:generic/{name}@{about['version']}",
        "licenses": [{"license": {"id": "GPL-3.0-or-later"}}],
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(archive.read_bytes()).hexdigest()}],
        "externalReferences": [
            {"type": "vcs", "url": about["repository"]},
            {"type": "issue-tracker", "url": about["issues"]},
        ],
    }


def registry(archive: pathlib.Path) -> Json:
    """The data of IANA that the archive carries."""
    data = member(archive, REGISTRY)
    return {
        "type": "data",
        "bom-ref": "iana-ports",
        "name": data["source"],
        "version": data["snapshot"],
        "licenses": [{"license": {"id": "CC0-1.0"}}],
        "supplier": {"name": "Internet Assigned Numbers Authority"},
    }


def needed(environment: Json) -> tuple[list[Json], list[Json]]:
    """The components of the environment, and which of them need which."""
    left_out = {it["bom-ref"] for it in environment["components"] if it["name"] in NOT_NEEDED}
    components = [it for it in environment["components"] if it["bom-ref"] not in left_out]
    references = {it["bom-ref"] for it in components}
    return components, [it for it in environment["dependencies"] if it["ref"] in references]


def bill(archive: pathlib.Path, environment: Json) -> Json:
    """The whole document."""
    about, data = subject(archive), registry(archive)
    components, edges = needed(environment)
    wanted_by_none = {it["bom-ref"] for it in components} - {ref for edge in edges for ref in edge.get("dependsOn", ())}
    own = {"ref": about["bom-ref"], "dependsOn": sorted({*wanted_by_none, data["bom-ref"]})}
    return {
        **{key: environment[key] for key in ("$schema", "bomFormat", "specVersion", "version") if key in environment},
        "metadata": {**environment["metadata"], "component": about},
        "components": [*components, data],
        "dependencies": [own, {"ref": data["bom-ref"]}, *edges],
    }


def problem_of(document: str) -> object:
    """What the schema of CycloneDX has against a document; None if nothing."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    return JsonStrictValidator(SchemaVersion.V1_6).validate_str(document)


def main(arguments: t.Sequence[str]) -> int:
    """Returns the exit code."""
    archive, environment = (pathlib.Path(argument) for argument in arguments)
    document = json.dumps(bill(archive, json.loads(environment.read_text(encoding="utf-8"))), indent=1, sort_keys=True)
    problem = problem_of(document)
    if problem is not None:
        print(f"The bill of materials is not valid CycloneDX: {problem}", file=sys.stderr)
        return 1
    print(document)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
