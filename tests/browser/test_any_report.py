# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every report, whatever its fleet: the sample's or the one that REPORT_HTML names."""

from __future__ import annotations

import pathlib
import re

import pytest
from ansible_collections.fleetports.compliance.tests.browser.watched import Open

SECTIONS = (
    *("coverage", "heat", "unassigned", "findings", "policy"),
    *("approvals", "waivers", "approved", "controls"),
    *("hosts", "evidence", "about"),
)
VERDICTS = ("Fail", "Unverified", "Warn", "Waived", "Pass")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def test_nothing_goes_wrong_and_nothing_is_fetched(open_page: Open, any_file: pathlib.Path) -> None:
    watched = open_page(any_file)
    watched.page.locator("#open-all").click()
    watched.page.wait_for_timeout(200)
    assert watched.trouble == []
    assert watched.violations() == []


def test_a_script_of_somebody_else_does_not_run(open_page: Open, any_file: pathlib.Path) -> None:
    """The policy in the page holds: what is put into it later is refused by the browser."""
    watched = open_page(any_file)
    watched.page.evaluate(
        """() => { const one = document.createElement("script"); one.textContent = "window.__ran = 1";
        document.body.append(one); }"""
    )
    assert watched.page.evaluate("window.__ran === undefined")
    assert watched.violations() == ["script-src-elem"]


def test_the_banner_says_verdict_gate_and_headline(open_page: Open, any_file: pathlib.Path) -> None:
    banner = open_page(any_file).page.locator("#verdict")
    assert banner.locator(".badge").first.inner_text().capitalize() in VERDICTS
    assert re.search(r"gate: (off|[a-z, ]+ — (failed|passed))", banner.inner_text())
    assert "host" in banner.locator("h2").inner_text()
    box = banner.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 400


def test_tiles_name_every_verdict_and_add_up(open_page: Open, any_file: pathlib.Path) -> None:
    page = open_page(any_file).page
    labels = page.locator(".tile dt b").all_inner_texts()
    numbers = [int(text.replace(",", "")) for text in page.locator(".tile dd").all_inner_texts()]
    assert tuple(labels) == VERDICTS
    expected = page.locator(".fact dd").first.inner_text().split(" of ")[1]
    assert sum(numbers) == int(expected.replace(",", ""))


def test_sections_stand_in_order(open_page: Open, any_file: pathlib.Path) -> None:
    page = open_page(any_file).page
    tops = [page.locator(f"#{section}").bounding_box() for section in SECTIONS]
    assert all(tops)
    heights = [top["y"] for top in tops if top]
    assert heights == sorted(heights)


@pytest.mark.parametrize(("width", "look"), [(1280, "light"), (400, "dark"), (1280, "print")])
def test_everybody_can_read_it(open_page: Open, any_file: pathlib.Path, axe_source: str, width: int, look: str) -> None:
    """WCAG 2.2 AA by axe-core, contrast in both schemes and on paper included; one host of each verdict is open."""
    page = open_page(any_file, width=width, scheme="light" if look == "light" else "dark").page
    for verdict in VERDICTS:
        for summary in page.locator(f"details.host[data-verdict={verdict.lower()}] > summary").all()[:1]:
            summary.click()
    page.emulate_media(media="print" if look == "print" else "screen")
    page.evaluate(axe_source)
    found = page.evaluate(
        "([tags, paper]) => axe.run({runOnly: {type: 'tag', values: tags}, rules: {'target-size': {enabled: !paper}}})",
        [RULES, look == "print"],  # nobody presses anything on paper
    )
    broken = [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found["violations"]]
    assert broken == []
    assert any(rule["id"] == "color-contrast" for rule in found["passes"])


def test_dark_is_dark_and_light_is_light(open_page: Open, any_file: pathlib.Path) -> None:
    def lightness(scheme: str) -> int:
        colour = open_page(any_file, scheme=scheme).page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in re.findall(r"\d+", colour)[:3])

    assert lightness("dark") < 150
    assert lightness("light") > 600


@pytest.mark.parametrize("width", [1280, 768, 400])
def test_nothing_sticks_out(open_page: Open, any_file: pathlib.Path, width: int) -> None:
    page = open_page(any_file, width=width).page
    page.locator("#open-all").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_reads_without_scripts(open_page: Open, any_file: pathlib.Path) -> None:
    page = open_page(any_file, scripts=False).page
    assert page.locator("#verdict h2").is_visible()
    assert page.locator("#filter").is_hidden()
    for section in SECTIONS:
        assert page.locator(f"#{section} > h2").is_visible()
    host = page.locator("details.host").first
    assert host.locator(".body").is_hidden()
    host.locator("summary").first.click()
    assert host.locator(".body").is_visible()


def test_it_reads_without_style_and_scripts(open_page: Open, any_file: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """Some servers of build results strip both."""
    bare = tmp_path / "bare.html"
    text = re.sub(r"<(style|script)>.*?</\1>", "", any_file.read_text(encoding="utf-8"), flags=re.DOTALL)
    bare.write_text(text, encoding="utf-8")
    page = open_page(bare, scripts=False).page
    head, words = page.locator("header").inner_text(), page.locator("main").inner_text()
    headings = page.locator("section > h2").all_inner_texts()
    places = [words.index(heading) for heading in headings]
    assert len(set(headings)) >= len(SECTIONS)
    assert places == sorted(places)
    assert "gate:" in head


@pytest.mark.parametrize("scripts", [True, False])
def test_on_paper_hosts_are_open_and_controls_gone(open_page: Open, any_file: pathlib.Path, *, scripts: bool) -> None:
    page = open_page(any_file, scripts=scripts, scheme="dark").page
    page.emulate_media(media="print")
    assert page.locator("details.host .body").first.is_visible()
    assert page.locator("#filter").is_hidden()
    assert page.locator("nav").is_hidden()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(26, 31, 37)"
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_the_keyboard_reaches_everything(open_page: Open, any_file: pathlib.Path) -> None:
    page = open_page(any_file).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#coverage"
    page.locator("details.host > summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.host").first.get_attribute("open") is not None
