# Copyright (c) 2026, fleetports maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person sees of the sample fleet."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.fleetports.compliance.tests.browser.watched import Open
from playwright import sync_api

ROWS = "#unassigned .findings tbody tr, #findings tbody tr"


@pytest.fixture
def page(open_page: Open, sample_file: pathlib.Path) -> sync_api.Page:
    return open_page(sample_file).page


def _visible_hosts(page: sync_api.Page) -> list[str]:
    return page.locator("details.host:visible > summary h3").all_inner_texts()


def test_banner_and_tiles(page: sync_api.Page) -> None:
    assert page.locator("#verdict h2").inner_text() == "5 of 12 hosts fail the policy"
    assert page.locator("#verdict .badge").inner_text() == "FAIL"
    assert "gate: off" in page.locator("#verdict").inner_text()
    assert page.locator(".tile dd").all_inner_texts() == ["5", "2", "2", "1", "2"]
    assert page.locator(".fact dd").all_inner_texts() == ["11 of 12", "1", "88", "6", "14", "3"]


def test_who_was_not_assessed_comes_first(page: sync_api.Page) -> None:
    text = page.locator("#coverage").inner_text()
    for said in (
        "legacy1",
        "Connection timed out",
        "143 of 151 processes",
        "lab1",
        "lab2",
        "6 other network namespaces",
    ):
        assert said in text
    first = page.locator("main table").first.inner_text()
    assert "legacy1" in first


def test_the_listener_on_81_is_named_with_its_process(page: sync_api.Page) -> None:
    row = page.locator("#unassigned tbody tr").first.inner_text()
    for said in ("FAIL", "81/tcp", "unassigned", "python3", "/usr/bin/python3.11", "0.0.0.0", "::", "web1", "web2"):
        assert said in row


def test_a_hostile_name_is_text_and_nothing_else(open_page: Open, sample_file: pathlib.Path) -> None:
    watched = open_page(sample_file)
    row = watched.page.locator("#unassigned tbody tr").nth(1).inner_text()
    assert "<script>alert(1\n" in row
    assert "/tmp/<script>alert(1)</script> (deleted)" in row  # noqa: S108
    assert watched.page.locator("script").count() == 1
    watched.page.locator("#open-all").click()
    watched.page.fill("#query", "<script>")
    watched.page.wait_for_timeout(200)
    assert watched.trouble == []
    assert watched.violations() == []


def test_an_approved_unassigned_port_is_still_marked(page: sync_api.Page) -> None:
    row = page.locator("#unassigned table").nth(1).locator("tbody tr").inner_text()
    for said in ("PASS", "9187/tcp", "unassigned", "rule metrics-postgres", "basis: port", "db1", "db2"):
        assert said in row


def test_searching_leaves_what_matches(page: sync_api.Page) -> None:
    page.fill("#query", "SOCAT web3")
    # wait_for_function evaluates its predicate inside the page, which the report's policy forbids once it has to poll.
    sync_api.expect(page.locator("#said")).not_to_be_empty()
    (row,) = page.locator(f":is({ROWS}):visible").all_inner_texts()
    assert "Held by another process than approved" in row
    assert _visible_hosts(page) == ["web3"]
    assert page.locator("#said").inner_text().startswith("2 of ")


def test_verdicts_can_be_left_out_and_all_comes_back(page: sync_api.Page) -> None:
    everything = page.locator(f":is({ROWS}):visible").count()
    for verdict in ("fail", "warn", "waived", "pass"):
        page.locator(f"#filter input[value={verdict}]").uncheck()
    assert _visible_hosts(page) == ["dev1", "legacy1"]
    (row,) = page.locator(f":is({ROWS}):visible").all_inner_texts()
    assert "443/tcp" in row
    page.get_by_role("button", name="Clear").click()
    # A reset empties the line of what is shown at once, before the rows come back: only the rows tell that they did.
    sync_api.expect(page.locator(f":is({ROWS}):visible")).to_have_count(everything)
    sync_api.expect(page.locator("#said")).to_be_empty()
    assert len(_visible_hosts(page)) == 12


def test_the_address_keeps_filter_and_order(open_page: Open, sample_file: pathlib.Path) -> None:
    page = open_page(sample_file).page
    page.fill("#query", "web3")
    page.locator("#filter input[value=warn]").uncheck()
    page.locator("#unassigned .findings").first.get_by_role("button", name="Held by").click()
    sync_api.expect(page.locator("#said")).not_to_be_empty()
    kept, shown, rows = page.url, page.locator("#said").inner_text(), page.locator(f":is({ROWS})").all_inner_texts()
    again = open_page(sample_file).page
    again.goto(kept)
    again.reload()
    assert again.locator("#query").input_value() == "web3"
    assert not again.locator("#filter input[value=warn]").is_checked()
    assert again.locator("#said").inner_text() == shown
    assert again.locator(f":is({ROWS})").all_inner_texts() == rows
    assert again.locator("#unassigned th[aria-sort=ascending]").inner_text() == "Held by"


def test_columns_sort_by_mouse_and_keyboard(page: sync_api.Page) -> None:
    ports = page.locator("#findings tbody th .port")
    page.locator("#findings").get_by_role("button", name="Port").click()
    first = ports.all_inner_texts()
    page.keyboard.press("Enter")
    assert page.locator("#findings th[aria-sort=descending]").inner_text() == "Port"
    numbers = [int(text.partition("/")[0]) for text in first if text[0].isdigit()]
    assert numbers == sorted(numbers)
    assert ports.all_inner_texts()[-1] == first[0]


def test_the_map_leads_to_its_host(page: sync_api.Page) -> None:
    cell = page.locator("#heat tbody tr", has_text="web1").locator(".cell.fail")
    assert cell.inner_text() == "fail"
    page.locator("#heat").get_by_role("link", name="web1").click()
    page.locator("#host-web1").wait_for(state="visible")


def test_a_stroke_leads_to_the_filter(page: sync_api.Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("socat/")
    assert page.locator("#query").input_value() == "socat/"


def test_a_host_in_a_finding_leads_to_its_details(page: sync_api.Page) -> None:
    body = page.locator("#host-web1")
    assert body.is_hidden()
    page.locator("#unassigned tbody tr").first.get_by_role("link", name="web1").click()
    body.wait_for(state="visible")
    assert "2026-11-22 22:59:09 UTC" in body.inner_text()


def test_many_hosts_stand_behind_a_click(page: sync_api.Page) -> None:
    row = page.locator("#approvals tbody tr", has_text="administration")
    assert "11 hosts" in row.inner_text()
    assert row.get_by_text("build1").is_hidden()
    row.locator("summary").click()
    assert row.get_by_text("build1").is_visible()


def test_on_a_telephone_a_cell_names_itself(open_page: Open, sample_file: pathlib.Path) -> None:
    page = open_page(sample_file, width=400).page
    cell = page.locator("#unassigned tbody tr").first.locator("td").nth(1)
    assert page.evaluate("(one) => getComputedStyle(one, '::before').content", cell.element_handle()).startswith(
        '"Held by"'
    )
    assert page.locator("#unassigned thead").first.is_hidden()
