// The page of a large fleet: unpacks what plugins/plugin_utils/_report/formats/page/_packed_rows.py packed, searches, sorts and pages it.
// Data of hosts becomes text, never markup: textContent and nothing else.
(function () {
  "use strict";
  const packed = document.getElementById("bulk");
  const form = document.getElementById("filter");
  if (!packed || !form) { return; }
  const PAGE = 25;
  const byId = (id) => document.getElementById(id);
  const query = byId("query"), group = byId("group"), said = byId("said"), table = byId("found");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const views = [...form.querySelectorAll("input[name=view]")];
  const pager = [...document.querySelectorAll(".pager button")];
  let data = null, found = null, state = {}, sortedBy = "", page = 0;

  // ---- the data

  async function unpack() {
    const bytes = Uint8Array.from(atob(packed.textContent.trim()), (one) => one.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const raw = JSON.parse(await new Response(stream).text());
    if (raw.version !== 1) { throw new Error("data of version " + raw.version); }
    return prepare(raw);
  }

  function prepare(raw) {
    const rows = raw.rows.kind.length, hosts = raw.hosts.name.length, kinds = raw.kinds;
    const kindOf = new Int32Array(rows), hostOf = new Int32Array(rows), first = new Int32Array(hosts + 1);
    for (let host = 0, row = 0; host < hosts; host++) {
      for (let kind = 0, end = first[host] + raw.hosts.rows[host]; row < end; row++) {
        kind += raw.rows.kind[row];
        kindOf[row] = kind;
        hostOf[row] = host;
      }
      first[host + 1] = row;
    }
    const text = (number) => (number ? raw.texts[number - 1] : "");
    const lower = (number) => text(number).toLowerCase();
    return {
      rows, hosts, kinds, kindOf, hostOf, first, text, lower,
      kindCount: kinds.verdict.length,
      addressOf: Int32Array.from(raw.rows.address), chancePort: Int32Array.from(raw.rows.port),
      kindPort: kinds.port.map((number) => parseInt(text(number), 10) || 65536),  // what has none is last
      verdicts: raw.verdicts, name: raw.hosts.name, hostVerdict: raw.hosts.verdict, reason: raw.hosts.reason,
      groups: raw.hosts.groups.map((number) => raw.groups[number]),
      texts: raw.texts.length + 1,
      groupNames: [...new Set(raw.groups.flat())].sort(),
    };
  }

  // ---- the search: each word is a test of hosts, of kinds, of addresses and of ports that chance gave

  function words(text) {
    return [...text.matchAll(/(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi)].map(([whole, field, quoted, plain]) => {
      const value = (quoted === undefined ? plain : quoted).toLowerCase();
      const known = field && FIELDS[field.toLowerCase()];
      return known ? { test: known, value: value } : { test: anything, value: (field ? whole.replace(/"/g, "") : value).toLowerCase() };
    });
  }

  const hits = (count, test) => { const found = new Uint8Array(count); for (let one = 0; one < count; one++) { found[one] = test(one) ? 1 : 0; } return found; };
  const kindText = (names) => (value) => ({ kind: hits(data.kindCount, (kind) => names.some((name) => data.lower(data.kinds[name][kind]).includes(value))) });
  const exactly = (count, all, value) => {  // a whole name means this one and not those it begins
    const whole = hits(count, (one) => all(one).includes(value));
    return whole.includes(1) ? whole : hits(count, (one) => all(one).some((name) => name.includes(value)));
  };
  const groupsOf = (host) => data.groups[host].map((name) => name.toLowerCase());
  const FIELDS = {
    host: (value) => ({ host: exactly(data.hosts, (host) => [data.name[host].toLowerCase()], value) }),
    group: (value) => ({ host: exactly(data.hosts, groupsOf, value) }),
    process: kindText(["owner", "exe"]),
    user: kindText(["user"]), unit: kindText(["unit"]), code: kindText(["code"]), rule: kindText(["rule"]),
    reach: kindText(["reach"]), protocol: kindText(["protocol"]),
    address: (value) => ({ address: hits(data.texts, (number) => number && data.lower(number).includes(value)) }),
    verdict: (value) => ({ kind: hits(data.kindCount, (kind) => data.verdicts[data.kinds.verdict[kind]].startsWith(value)) }),
    port: (value) => {
      const parts = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(value);
      if (!parts) { return kindText(["port"])(value); }
      const low = Number(parts[1]), high = Number(parts[2] || parts[1]), protocol = parts[3];
      const fits = (kind) => !protocol || data.lower(data.kinds.protocol[kind]) === protocol;
      return {
        kind: hits(data.kindCount, (kind) => data.lower(data.kinds.port[kind]) === value.split("/")[0] && fits(kind)
          || data.kindPort[kind] >= low && data.kindPort[kind] <= high && /^\d+$/.test(data.text(data.kinds.port[kind])) && fits(kind)),
        chance: (kind, port) => port >= low && port <= high && fits(kind),
      };
    },
  };
  function anything(value) {
    const names = ["owner", "exe", "user", "unit", "registry", "code", "why", "rule", "reach"];
    const kind = kindText(names)(value).kind;
    for (let one = 0; one < data.kindCount; one++) {
      const port = data.lower(data.kinds.port[one]);
      if (data.verdicts[data.kinds.verdict[one]] === value) { kind[one] = 1; }
      if (port && (port + "/" + data.lower(data.kinds.protocol[one])).startsWith(value)) { kind[one] = 1; }
    }
    return {
      kind: kind, host: hits(data.hosts, (host) => data.name[host].toLowerCase().includes(value) || groupsOf(host).some((name) => name.includes(value))),
      address: FIELDS.address(value).address, chance: /^\d+$/.test(value) ? (_kind, port) => port && String(port).startsWith(value) : null,
    };
  }

  function search() {
    const tests = words(query.value).map((word) => word.test(word.value));
    if (group.value) { tests.push({ host: hits(data.hosts, (host) => data.groups[host].includes(group.value)) }); }
    const wanted = data.verdicts.map((verdict) => boxes.some((box) => box.value === verdict && box.checked));
    const match = new Uint8Array(data.rows).fill(1);
    tests.forEach((test) => {
      for (let row = 0; row < data.rows; row++) {
        if (match[row]) {
          const kind = data.kindOf[row];
          match[row] = (test.kind && test.kind[kind]) || (test.host && test.host[data.hostOf[row]]) || (test.address && test.address[data.addressOf[row]])
            || (test.chance && test.chance(kind, data.chancePort[row])) ? 1 : 0;
        }
      }
    });
    return { match, wanted, empty: (host) => tests.every((test) => test.host && test.host[host]) };
  }

  // ---- the three views: which items they have, in which order, what a row says

  function hostItems({ match, wanted, empty }) {
    const items = [];
    for (let host = 0; host < data.hosts; host++) {
      if (!wanted[data.hostVerdict[host]]) { continue; }
      let rows = 0, wrong = 0;
      for (let row = data.first[host]; row < data.first[host + 1]; row++) {
        if (match[row]) { rows++; wrong += data.kinds.code[data.kindOf[row]] ? 1 : 0; }
      }
      if (rows || (data.first[host] === data.first[host + 1] && empty(host))) { items.push({ host, rows, wrong }); }
    }
    return items;
  }

  function findingItems({ match, wanted }) {
    const seen = new Map(), last = new Int32Array(data.kindCount).fill(-1);
    for (let row = 0; row < data.rows; row++) {
      const kind = data.kindOf[row];
      if (!match[row] || !data.kinds.code[kind] || !wanted[data.kinds.verdict[kind]]) { continue; }
      let item = seen.get(kind);
      if (!item) { seen.set(kind, item = { kind, hosts: 0, rows: 0, host: data.hostOf[row] }); }
      item.rows++;
      if (last[kind] !== data.hostOf[row]) { item.hosts++; last[kind] = data.hostOf[row]; }
    }
    return [...seen.values()];
  }

  function listenerItems({ match, wanted }) {
    const items = new Int32Array(data.rows);
    let count = 0;
    for (let row = 0; row < data.rows; row++) {
      if (match[row] && wanted[data.kinds.verdict[data.kindOf[row]]]) { items[count++] = row; }
    }
    return items.subarray(0, count);
  }

  const collator = new Intl.Collator("en", { numeric: true });
  function ranks(count, text) {  // of values that repeat: sort the few, count the many
    const order = Array.from({ length: count }, (_one, index) => index).sort((a, b) => collator.compare(text(a), text(b)));
    const rank = new Int32Array(count);
    order.forEach((one, index) => { rank[one] = index && text(one) === text(order[index - 1]) ? rank[order[index - 1]] : index; });
    return rank;
  }
  const rankCache = new Map();
  function rankOf(name) {
    if (!rankCache.has(name)) {
      rankCache.set(name, name === "address" ? ranks(data.texts, data.text) : ranks(data.kindCount, (kind) => data.text(data.kinds[name][kind])));
    }
    return rankCache.get(name);
  }
  function sortRows(items, key, down) {  // by counting: 400,000 rows in a few milliseconds
    let most = 0;
    for (const row of items) { most = Math.max(most, key(row)); }
    const starts = new Int32Array(most + 2), sorted = new Int32Array(items.length);
    const place = (row) => (down ? most - key(row) : key(row));
    for (const row of items) { starts[place(row) + 1]++; }
    for (let one = 0; one <= most; one++) { starts[one + 1] += starts[one]; }
    for (const row of items) { sorted[starts[place(row)]++] = row; }
    return sorted;
  }

  const portText = (kind, row) => data.text(data.kinds.port[kind]) || (row === undefined ? (data.text(data.kinds.code[kind]).includes("ephemeral") ? "ephemeral" : "") : String(data.chancePort[row] || ""));
  const kindNumber = (name) => (row) => rankOf(name)[data.kindOf[row]];
  const compareText = (name) => (a, b) => collator.compare(data.text(data.kinds[name][a.kind]), data.text(data.kinds[name][b.kind]));
  const VIEWS = {
    hosts: {
      noun: "host", items: hostItems, columns: [
        ["verdict", "Verdict", (cell, item) => badge(cell, data.hostVerdict[item.host]), (a, b) => data.hostVerdict[a.host] - data.hostVerdict[b.host]],
        ["host", "Host", (cell, item) => hostLink(cell, item.host), (a, b) => collator.compare(data.name[a.host], data.name[b.host])],
        ["group", "Groups", (cell, item) => add(cell, "span", data.groups[item.host].join(", ")), (a, b) => collator.compare(data.groups[a.host].join(), data.groups[b.host].join())],
        ["findings", "Findings", (cell, item) => add(cell, "span", number(item.wrong)), (a, b) => a.wrong - b.wrong],
        ["rows", "Matches", (cell, item) => add(cell, "span", number(item.rows)), (a, b) => a.rows - b.rows],
        ["why", "Worst", worstOf, null],
      ],
    },
    findings: {
      noun: "finding", items: findingItems, columns: [
        ["verdict", "Verdict", (cell, item) => badge(cell, data.kinds.verdict[item.kind]), (a, b) => data.kinds.verdict[a.kind] - data.kinds.verdict[b.kind]],
        ["port", "Port", (cell, item) => port(cell, item.kind), (a, b) => data.kindPort[a.kind] - data.kindPort[b.kind]],
        ["process", "Held by", (cell, item) => heldBy(cell, item.kind), compareText("owner")],
        ["hosts", "Hosts", (cell, item) => link(cell, number(item.hosts), hostsOf(item), item.hosts === 1 ? data.name[item.host] : ""), (a, b) => a.hosts - b.hosts],
        ["why", "Finding", (cell, item) => why(cell, item.kind), compareText("why")],
      ],
    },
    listeners: {
      noun: "listener", items: listenerItems, columns: [
        ["verdict", "Verdict", (cell, row) => badge(cell, data.kinds.verdict[data.kindOf[row]]), (row) => data.kinds.verdict[data.kindOf[row]]],
        ["host", "Host", (cell, row) => hostLink(cell, data.hostOf[row]), (row) => data.hostOf[row]],
        ["port", "Port", (cell, row) => port(cell, data.kindOf[row], row), (row) => data.chancePort[row] || data.kindPort[data.kindOf[row]]],
        ["process", "Held by", (cell, row) => heldBy(cell, data.kindOf[row]), kindNumber("owner")],
        ["address", "Bound to", (cell, row) => boundTo(cell, row), (row) => rankOf("address")[data.addressOf[row]]],
        ["why", "Why", (cell, row) => why(cell, data.kindOf[row]), kindNumber("why")],
      ],
    },
  };

  function sorted(view, items) {
    const [name, way] = sortedBy.split(".");
    const column = VIEWS[view].columns.find(([id, , , key]) => id === name && key), down = way === "down";
    if (view === "listeners") {
      return sortRows(column ? items : sortRows(items, (row) => data.chancePort[row] || data.kindPort[data.kindOf[row]], false), column ? column[3] : VIEWS.listeners.columns[0][3], down);
    }
    const natural = view === "hosts"
      ? (a, b) => data.hostVerdict[a.host] - data.hostVerdict[b.host] || b.wrong - a.wrong || a.host - b.host
      : (a, b) => data.kinds.verdict[a.kind] - data.kinds.verdict[b.kind] || b.hosts - a.hosts || a.kind - b.kind;
    return items.sort((a, b) => (column ? (down ? -1 : 1) * column[3](a, b) : 0) || natural(a, b));
  }

  // ---- what is shown

  const number = (value) => value.toLocaleString("en");
  const count = (value, noun) => number(value) + " " + noun + (value === 1 ? "" : "s");
  function add(parent, name, text, classes) {
    const element = document.createElement(name);
    element.textContent = text;
    if (classes) { element.className = classes; }
    parent.append(element);
    return element;
  }
  function badge(cell, verdict) { add(cell, "span", data.verdicts[verdict], "badge " + data.verdicts[verdict]); }
  function small(cell, text) { if (text) { add(cell, "span", text, "small muted"); } }
  function link(cell, text, values, more) {
    add(cell, "a", text).href = portAudit.address(values);
    small(cell, more);
  }
  const quoted = (field, value) => field + ':"' + value.split('"')[0] + '"';
  function hostLink(cell, host) { link(cell, data.name[host], { view: "listeners", q: quoted("host", data.name[host]) }); }
  function hostsOf({ kind }) {
    const text = (name) => data.text(data.kinds[name][kind]);
    const parts = ["code:" + text("code").split("\n")[0], text("port") ? "port:" + text("port") + (text("protocol") ? "/" + text("protocol") : "") : "", text("owner") ? quoted("process", text("owner")) : ""];
    return { view: "listeners", q: parts.filter(Boolean).join(" "), group: group.value };
  }
  function port(cell, kind, row) {
    const protocol = data.text(data.kinds.protocol[kind]);
    add(cell, "span", (portText(kind, row) || "—") + (protocol ? "/" + protocol : ""), "port");
    small(cell, data.text(data.kinds.registry[kind]));
  }
  function heldBy(cell, kind) {
    const text = (name) => data.text(data.kinds[name][kind]);
    add(add(cell, "span", ""), "b", text("owner") || "—");
    if (text("exe")) { add(cell, "code", text("exe"), "small"); }
    small(cell, [text("user"), text("unit")].filter(Boolean).join(" · "));
  }
  function boundTo(cell, row) {
    add(cell, "span", data.text(data.addressOf[row]) || "—", "mono");
    const reach = data.text(data.kinds.reach[data.kindOf[row]]);
    small(cell, reach && "reach: " + reach);
  }
  function why(cell, kind) {
    const text = (name) => data.text(data.kinds[name][kind]);
    if (!text("code")) { add(cell, "span", text("rule") ? "rule " + text("rule") : "ignored by default"); }
    text("why").split("\n").filter(Boolean).forEach((line) => add(cell, "span", line));
    small(cell, [text("code").split("\n").join(", "), text("code") && text("rule") ? "rule " + text("rule") : "", text("basis") ? "basis: " + text("basis") : ""].filter(Boolean).join(" · "));
  }
  function worstOf(cell, { host }) {
    if (data.reason[host]) { return add(cell, "span", data.text(data.reason[host])); }
    const kinds = [...data.kindOf.subarray(data.first[host], data.first[host + 1])].filter((kind) => data.kinds.code[kind]);
    kinds.sort((a, b) => data.kinds.verdict[a] - data.kinds.verdict[b]);
    const told = kinds.slice(0, 2).map((kind) => {
      const text = (name) => data.text(data.kinds[name][kind]);
      return (portText(kind) ? portText(kind) + "/" + text("protocol") + " " : "") + (text("owner") || text("code"));
    });
    told.forEach((line) => add(cell, "span", line));
    if (kinds.length > 2) { small(cell, "and " + number(kinds.length - 2) + " more"); }
    if (!kinds.length) { small(cell, "nothing"); }
  }

  const view = () => views.find((one) => one.checked).value;
  function head() {
    const [name, way] = sortedBy.split(".");
    table.tHead.rows[0].replaceChildren(...VIEWS[view()].columns.map(([id, label, , key]) => {
      const cell = document.createElement("th");
      cell.scope = "col";
      if (!key) { cell.textContent = label; return cell; }
      cell.setAttribute("aria-sort", id === name ? (way === "down" ? "descending" : "ascending") : "none");
      const button = add(cell, "button", label, "sort");
      button.type = "button";
      button.dataset.column = id;
      return cell;
    }));
  }
  function body() {
    const columns = VIEWS[view()].columns, pages = Math.max(1, Math.ceil(found.length / PAGE));
    page = Math.min(Math.max(page, 0), pages - 1);
    table.tBodies[0].replaceChildren(...[...found.slice(page * PAGE, (page + 1) * PAGE)].map((item) => {
      const row = document.createElement("tr");
      columns.forEach(([, label, fill], index) => {
        const cell = document.createElement(index === 1 ? "th" : "td");
        if (index === 1) { cell.scope = "row"; }
        cell.dataset.label = label;
        fill(cell, item);
        row.append(cell);
      });
      return row;
    }));
    byId("page").textContent = "Page " + number(page + 1) + " of " + number(pages);
    pager.forEach((button) => { button.disabled = ["first", "previous"].includes(button.dataset.to) ? page === 0 : page === pages - 1; });
  }
  function keep() {
    state = { q: query.value.trim(), group: group.value, view: view() === "hosts" ? "" : view(), v: portAudit.checked(boxes), sort: sortedBy, page: page ? String(page + 1) : "" };
    portAudit.write(state);
  }
  function show() {
    const start = performance.now();
    const name = view(), results = search();
    found = sorted(name, VIEWS[name].items(results));
    head();
    body();
    const all = { hosts: data.hosts, listeners: data.rows }[name], noun = VIEWS[name].noun;
    said.value = all ? number(found.length) + " of " + count(all, noun) : count(found.length, noun);
    said.dataset.took = (performance.now() - start).toFixed(1);
  }
  function apply() { page = 0; show(); keep(); }

  function restore() {
    const kept = portAudit.read();
    query.value = kept.q || "";
    group.value = data.groupNames.includes(kept.group) ? kept.group : "";
    portAudit.check(boxes, kept.v);
    (views.find((one) => one.value === kept.view) || views[0]).checked = true;
    sortedBy = kept.sort || "";
    page = (parseInt(kept.page, 10) || 1) - 1;
    show();
  }
  function follow() {  // a link into the search, or the way back from one
    if (location.hash.slice(0, 2) !== "#?" || location.hash === portAudit.address(state)) { return; }
    restore();
    keep();
    byId("explore").scrollIntoView();
    query.focus({ preventScroll: true });
  }
  function turn(event) {
    const step = { first: -Infinity, previous: -1, next: 1, last: Infinity }[event.target.dataset.to];
    page = step === Infinity ? Math.ceil(found.length / PAGE) - 1 : Math.max(0, page + step);
    body();
    keep();
    if (event.target.disabled) { pager.find((button) => !button.disabled)?.focus(); }
  }

  function linkTheRest() {  // what stands in the page leads into the search
    document.querySelectorAll("td.cell[data-find]").forEach((cell) => {
      const inside = document.createElement("a"), number = cell.querySelector(".count");
      inside.href = portAudit.address({ view: "listeners", q: cell.dataset.find, v: "fail,unverified,warn,waived" });
      number.replaceWith(inside);
      inside.append(number);
    });
    document.querySelectorAll("tr[data-find]").forEach((row) => {
      const cell = row.querySelector('[data-label="Hosts"]');
      if (cell) { link(cell, "search", { view: "listeners", q: row.dataset.find }); cell.lastChild.setAttribute("aria-label", "Search the hosts of this finding"); }
    });
  }

  async function start() {
    try {
      data = await unpack();
    } catch (error) {
      byId("explore-lead").textContent = "This browser could not unpack hosts and listeners (" + error.message + "): they are in report.json and in the folder evidence.";
      return;
    }
    group.append(...data.groupNames.map((name) => { const option = document.createElement("option"); option.value = option.textContent = name; return option; }));
    restore();
    linkTheRest();
    ["filter", "query-help", "results"].forEach((id) => { byId(id).hidden = false; });
    query.addEventListener("input", () => portAudit.soon(apply));
    const now = () => portAudit.now(apply);
    [group, ...boxes].forEach((one) => one.addEventListener("change", now));
    views.forEach((one) => one.addEventListener("change", () => { sortedBy = ""; now(); }));
    form.addEventListener("submit", (event) => { event.preventDefault(); now(); });
    form.addEventListener("reset", () => setTimeout(() => { sortedBy = ""; now(); }, 0));
    table.tHead.addEventListener("click", ({ target }) => {
      if (!target.dataset.column) { return; }
      const name = target.dataset.column;
      sortedBy = sortedBy === name ? name + ".down" : name;
      apply();
      table.tHead.querySelector('[data-column="' + name + '"]').focus();
    });
    pager.forEach((button) => button.addEventListener("click", turn));
    window.addEventListener("hashchange", follow);
    form.dataset.ready = "yes";
  }
  requestAnimationFrame(() => setTimeout(start, 0));  // the page first
})();
