# Private to the collection: anything in this file can change without notice.
# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTML and Markdown from Jinja2 templates, in an environment of their own: sandboxed, strict, escaping everything.

Not through Ansible's templating: that is slow for large reports (20,000 rows: 8.3 s against 0.55 s), and what hosts
reported must never be evaluated.
"""

from __future__ import annotations

import base64
import hashlib
import os
import traceback
import typing as t
import urllib.parse

import jinja2
from jinja2.filters import do_urlencode
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from ...._common._counted import count
from ..._report_errors import TemplateProblem
from ...model._report import ReportModel
from ._compiled_templates import of_format
from ._escape import for_html, for_markdown
from ._packed_rows import pack
from ._verbatim import autolink, fenced

TEMPLATES = {"html": "report.html.j2", "markdown": "report.md.j2", "step-summary": "step-summary.md.j2"}
# Of one table. Platforms cut comments of more than 65,536 characters; a step's summary is read in passing.
MOST_ROWS = {"html": 500, "markdown": 100, "step-summary": 20}
MOST_ADVISED = 20  # rows of Markdown that have commands and rules below it
MOST_ROWS_PACKED = 100  # of a table of a page that holds everything packed as well
MOST_NAMES_PACKED = 12  # of hosts in a row of it
_STYLE = "report.css"
_SCRIPTS = ("report.js",)
_SCRIPTS_PACKED = ("report.js", "explore.js")


def render(model: ReportModel, *, format: str, template_dirs: t.Sequence[str], template: str | None = None) -> str:
    """Render ``html``, ``markdown`` or ``step-summary``; directories are searched in order, so a user's template wins.

    ``template`` is the path of a file that takes the place of the format's own; it may include what they hold.

    Raises TemplateProblem when a template is missing or broken, naming it and its line.
    """
    name = os.path.basename(template) if template else TEMPLATES[format]
    folders = [os.path.dirname(os.path.abspath(template)), *template_dirs] if template else template_dirs
    environment = _environment(format, folders)
    # macros see what is global, not what is given to the page
    environment.globals["names_most"] = MOST_NAMES_PACKED if format == "html" and model.detail.packed else None
    try:
        page = environment.get_template(name)
        values = _page(environment, model) if format == "html" else {"most": MOST_ROWS[format]}
        values["most_advised"] = MOST_ADVISED
        return page.render(report=model, **values)
    except jinja2.TemplateNotFound as error:
        place = _place(error, environment)
        raise TemplateProblem(f"{place}no template {error.name} in: {', '.join(folders)}") from error
    except jinja2.TemplateSyntaxError as error:
        raise TemplateProblem(f"{error.filename or error.name}:{error.lineno}: {error.message}") from error
    except (
        jinja2.TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        OSError,
        TypeError,
        ValueError,
    ) as error:
        raise TemplateProblem(f"{_place(error, environment)}{error}") from error


def _environment(format: str, template_dirs: t.Sequence[str]) -> jinja2.Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(list(template_dirs)),
        autoescape=True,
        finalize=for_html if format == "html" else for_markdown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=of_format(format),
    )
    environment.filters["autolink"] = autolink
    environment.filters["count_of"] = count
    environment.filters["fenced"] = fenced
    environment.filters["urlencode"] = _quoted
    return environment


def _quoted(value: t.Any) -> str:
    """Jinja's filter, which fails for a name with half a character in it: the inventory of a script can have one."""
    return urllib.parse.quote(value, errors="surrogatepass") if isinstance(value, str) else do_urlencode(value)


def _page(environment: jinja2.Environment, model: ReportModel) -> dict[str, t.Any]:
    """What the HTML has beside the report: its bounds, its bulk and what of it a browser may run."""
    packed = model.detail.packed
    return {
        "most": MOST_ROWS_PACKED if packed else MOST_ROWS["html"],
        "bulk": Markup(pack(model.hosts)) if packed else None,  # base64
        **_assets(environment, _SCRIPTS_PACKED if packed else _SCRIPTS),
    }


def _assets(environment: jinja2.Environment, scripts: t.Iterable[str]) -> dict[str, Markup]:
    """Style and script of the HTML as they stand in their files, and the policy that lets a browser run only these.

    Hashed here, so that files of the user's own are allowed as ours are.
    """
    style = _asset(environment, _STYLE)
    script = "\n".join(_asset(environment, name) for name in scripts)
    csp = (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}'; script-src 'sha256-{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    # files of the role or of the user who runs it, no data of a host: they stand as they are
    return {name: Markup(text) for name, text in (("style", style), ("script", script), ("csp", csp))}


def _asset(environment: jinja2.Environment, name: str) -> str:
    """A file for inlining. A browser hashes what it parsed, so an end tag inside would cut it short."""
    loader = t.cast(jinja2.BaseLoader, environment.loader)
    text, path, _uptodate = loader.get_source(environment, name)
    text = text.replace("\r\n", "\n")
    for line, content in enumerate(text.splitlines(), start=1):
        if "</style" in content.lower() or "</script" in content.lower() or "<!--" in content:
            raise TemplateProblem(f"{path}:{line}: an inlined file cannot contain an end tag or a comment of HTML")
    return text


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _place(error: BaseException, environment: jinja2.Environment) -> str:
    """``file:line: `` where it happened; Jinja rewrites tracebacks so that they hold the templates' own lines."""
    frames = traceback.extract_tb(error.__traceback__)
    folders = tuple(t.cast(jinja2.FileSystemLoader, environment.loader).searchpath)
    for frame in reversed(frames):
        if frame.filename.startswith(folders):
            return f"{frame.filename}:{frame.lineno}: "
    return ""
