// Search and filter. The report reads the same without it: nothing in here adds or hides what was not asked for.
// State stands behind "#?" in the address: a page that was saved, mailed or put behind a signed address keeps working.
var portAudit = (function () {
  "use strict";
  var waiting = 0;

  function read() {
    var found = {};
    if (location.hash.slice(0, 2) === "#?") {
      new URLSearchParams(location.hash.slice(2)).forEach(function (value, name) { found[name] = value; });
    }
    return found;
  }

  function address(values) {
    var kept = new URLSearchParams();
    Object.keys(values).forEach(function (name) { if (values[name]) { kept.set(name, values[name]); } });
    return "#?" + kept.toString();
  }

  function write(values) {
    var next = address(values);
    if (next === location.hash || (next === "#?" && location.hash.slice(0, 2) !== "#?")) { return; }
    history.replaceState(null, "", next);
  }

  function now(run) { clearTimeout(waiting); run(); }

  function soon(run) { clearTimeout(waiting); waiting = setTimeout(run, 80); }

  function checked(boxes) {
    var names = boxes.filter(function (box) { return box.checked; }).map(function (box) { return box.value; });
    return names.length === boxes.length ? "" : names.join(",") || "none";
  }

  function check(boxes, names) {
    boxes.forEach(function (box) { box.checked = !names || names.split(",").indexOf(box.value) >= 0; });
  }

  function openAll() {
    document.querySelectorAll("details").forEach(function (one) { one.open = true; });
  }

  function openTarget() {
    if (location.hash.slice(0, 2) === "#?") { return; }
    var target = document.getElementById(location.hash.slice(1));
    var host = target && target.closest("details");
    if (host) { host.open = true; host.hidden = false; host.scrollIntoView(); }
  }

  var closed = [];
  window.addEventListener("beforeprint", function () {
    closed = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
    closed.forEach(function (one) { one.open = true; });
  });
  window.addEventListener("afterprint", function () { closed.forEach(function (one) { one.open = false; }); });
  window.addEventListener("hashchange", openTarget);
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey;
    var query = document.getElementById("query");
    if (event.key === "/" && query && !typing) { event.preventDefault(); query.focus(); }
  });
  var all = document.getElementById("open-all");
  if (all) { all.addEventListener("click", openAll); }
  openTarget();
  return { read: read, write: write, address: address, now: now, soon: soon, checked: checked, check: check };
})();

// The page of a small fleet: its own rows, filtered and sorted where they stand.
(function () {
  "use strict";
  var form = document.getElementById("filter");
  if (!form || document.getElementById("bulk")) { return; }
  var query = document.getElementById("query");
  var said = document.getElementById("said");
  var boxes = Array.prototype.slice.call(form.querySelectorAll("input[type=checkbox]"));
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-verdict]"));
  var order = boxes.map(function (box) { return box.value; });
  var texts = null;
  var sorted = "";

  function apply() {
    var words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    var verdicts = {};
    boxes.forEach(function (box) { verdicts[box.value] = box.checked; });
    var shown = 0;
    texts = texts || rows.map(function (row) { return row.textContent.toLowerCase(); });
    rows.forEach(function (row, index) {
      var match = verdicts[row.dataset.verdict] && words.every(function (word) { return texts[index].indexOf(word) >= 0; });
      row.hidden = !match;
      shown += match ? 1 : 0;
    });
    said.value = shown === rows.length ? "" : shown + " of " + rows.length + " rows shown";
    portAudit.write({ q: query.value.trim(), v: portAudit.checked(boxes), sort: sorted });
  }

  function key(row, column) {
    return column === 0 ? String(order.indexOf(row.dataset.verdict)) : row.children[column].textContent.trim();
  }

  function sort(table, column, down) {
    var body = table.tBodies[0];
    Array.prototype.slice.call(body.rows)
      .sort(function (a, b) { return (down ? -1 : 1) * key(a, column).localeCompare(key(b, column), "en", { numeric: true }); })
      .forEach(function (row) { body.append(row); });
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell, index) {
      cell.setAttribute("aria-sort", index === column ? (down ? "descending" : "ascending") : "none");
    });
  }

  function sortable(table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.textContent = cell.textContent;
      cell.replaceChildren(button);
      button.addEventListener("click", function () {
        var down = cell.getAttribute("aria-sort") === "ascending";
        sort(table, column, down);
        sorted = table.dataset.sort + "." + column + (down ? ".down" : "");
        apply();
      });
    });
  }

  function restore() {
    var state = portAudit.read();
    query.value = state.q || "";
    portAudit.check(boxes, state.v);
    sorted = state.sort || "";
    var parts = sorted.split(".");
    var table = Array.prototype.filter.call(document.querySelectorAll("table[data-sort]"), function (one) { return one.dataset.sort === parts[0]; })[0];
    if (table && parts[1] < table.tHead.rows[0].cells.length) { sort(table, Number(parts[1]), parts[2] === "down"); }
    if (state.q || state.v) { apply(); }
  }

  document.querySelectorAll("table[data-sort]").forEach(sortable);
  query.addEventListener("input", function () { portAudit.soon(apply); });
  boxes.forEach(function (box) { box.addEventListener("change", function () { portAudit.now(apply); }); });
  form.addEventListener("submit", function (event) { event.preventDefault(); portAudit.now(apply); });
  form.addEventListener("reset", function () { portAudit.soon(apply); });
  form.hidden = false;
  restore();
})();
