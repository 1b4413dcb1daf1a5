// Search and filter. The report reads the same without it: nothing in here adds or hides what was not asked for.
(function () {
  "use strict";
  var form = document.getElementById("filter");
  if (!form) { return; }
  var query = document.getElementById("query");
  var said = document.getElementById("said");
  var boxes = Array.prototype.slice.call(form.querySelectorAll("input[type=checkbox]"));
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-verdict]"));
  var texts = null;

  function wanted() {
    var verdicts = {};
    boxes.forEach(function (box) { verdicts[box.value] = box.checked; });
    return verdicts;
  }

  function apply() {
    var words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    var verdicts = wanted();
    var shown = 0;
    texts = texts || rows.map(function (row) { return row.textContent.toLowerCase(); });
    rows.forEach(function (row, index) {
      var match = verdicts[row.dataset.verdict] && words.every(function (word) { return texts[index].indexOf(word) >= 0; });
      row.hidden = !match;
      shown += match ? 1 : 0;
    });
    var all = shown === rows.length;
    said.value = all ? "" : shown + " of " + rows.length + " rows shown";
  }

  function openAll(open) {
    document.querySelectorAll("details").forEach(function (one) { one.open = open; });
  }

  function openTarget() {
    var target = document.getElementById(location.hash.slice(1));
    var host = target && target.closest("details");
    if (host) { host.open = true; host.hidden = false; host.scrollIntoView(); }
  }

  var waiting = 0;
  query.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(apply, 80); });
  boxes.forEach(function (box) { box.addEventListener("change", apply); });
  form.addEventListener("submit", function (event) { event.preventDefault(); apply(); });
  form.addEventListener("reset", function () { setTimeout(apply, 0); });
  document.getElementById("open-all").addEventListener("click", function () { openAll(true); });
  window.addEventListener("hashchange", openTarget);

  var closed = [];
  window.addEventListener("beforeprint", function () {
    closed = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
    closed.forEach(function (one) { one.open = true; });
  });
  window.addEventListener("afterprint", function () { closed.forEach(function (one) { one.open = false; }); });

  form.hidden = false;
  openTarget();
})();
