// What the page can do beyond being read: tables are sorted, filtered, copied and saved, the
// contents list follows. Without it, all is there to read.
"use strict";

const TABLES = JSON.parse(document.getElementById("tables").textContent);

/** The rows of a CSV text as lists of strings, quoted fields included. */
function parse(csv) {
  const rows = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n"]*))(,|\n|$)/g)) {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\n") rows.push([]);
    if (end === "") break;
  }
  return rows.filter((row) => row.length > 1 || row[0]);
}

/** What a reader sees in a cell, on one line. */
function text(cell) {
  return [...cell.childNodes]
    .filter((node) => !(node.classList && node.classList.contains("mark")))
    .map((node) => node.textContent.trim().replace(/\s+/g, " "))
    .filter(Boolean)
    .join("; ");
}

function value(cell) {
  if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
  const shown = cell.textContent.trim();
  return shown !== "" && !Number.isNaN(Number(shown)) ? Number(shown) : shown;
}

function compare(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one).localeCompare(String(other));
}

const NEXT = { none: "ascending", ascending: "descending", descending: "none" };

/** Let a table's heads sort its rows: ascending, descending, and back to the ladder's order. */
function sortable(table) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    const mark = document.createElement("span");
    mark.className = "mark";
    mark.setAttribute("aria-hidden", "true");
    button.append(mark);
    head.append(button);
    button.addEventListener("click", () => {
      const next = NEXT[head.ariaSort || "none"];
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      if (next !== "none") head.setAttribute("aria-sort", next);
      const sign = next === "descending" ? -1 : 1;
      const order = (a, b) => sign * compare(value(a.cells[column]), value(b.cells[column]));
      body.append(...(next === "none" ? rows : [...rows].sort(order)));
    });
  });
}

function filter(table, wanted) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of table.tBodies[0].rows) {
    const shown = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => shown.includes(word));
  }
}

/** Head and visible rows of a table, as text. */
function cells(table) {
  const rows = [...table.tBodies[0].rows].filter((row) => !row.hidden);
  const shown = (cell) => text(cell.querySelector("button.sort") || cell);
  return [table.tHead.rows[0], ...rows].map((row) => [...row.cells].map(shown));
}

function markdown(rows) {
  const line = (row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const head = [line(rows[0]), line(rows[0].map(() => "---"))];
  return [...head, ...rows.slice(1).map(line)].join("\n") + "\n";
}

const LATEX = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "−": "$-$",
  "→": "$\\to$",
  "–": "--",
  "<": "$<$",
  ">": "$>$",
};

function latex(rows) {
  const escaped = (found) => LATEX[found] || `\\${found}`;
  const escape = (cell) => cell.replace(/[\\~^−→–<>]|[&%$#_{}]/g, escaped);
  const line = (row) => `${row.map(escape).join(" & ")} \\\\`;
  const begin = `\\begin{tabular}{${"l".repeat(rows[0].length)}}`;
  const head = [begin, "\\hline", line(rows[0]), "\\hline"];
  const body = [...rows.slice(1).map(line), "\\hline", "\\end{tabular}"];
  return [...head, ...body].join("\n") + "\n";
}

async function copy(content) {
  try {
    await navigator.clipboard.writeText(content);
  } catch {
    // A page that was opened from a file may not use the clipboard; a selection may.
    const area = document.createElement("textarea");
    area.value = content;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

function save(name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([TABLES[name]], { type: "text/csv" }));
  link.download = `${name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function tell(button, words) {
  const said = button.parentElement.querySelector(".said");
  said.textContent = words;
  setTimeout(() => (said.textContent = ""), 2500);
}

function tools(bar) {
  bar.hidden = false;
  const of = ({ dataset }) => document.getElementById(`${dataset.table || dataset.filter}-table`);
  for (const input of bar.querySelectorAll("[data-filter]")) {
    input.addEventListener("input", () => filter(of(input), input.value));
  }
  for (const button of bar.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      await copy({ markdown, latex }[button.dataset.copy](cells(of(button))));
      tell(button, "copied");
    });
  }
  for (const button of bar.querySelectorAll("[data-save]")) {
    button.addEventListener("click", () => {
      save(button.dataset.save);
      tell(button, "saved");
    });
  }
}

/** Show the numbers behind a figure as a table, once it is asked for. */
function show(details) {
  const name = details.dataset.numbers;
  const [head, ...rows] = parse(TABLES[name]);
  const id = `numbers-${name}`;
  const make = (tag, properties = {}, ...content) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...content);
    return element;
  };
  const input = make("input", { type: "search", placeholder: "filter" });
  input.dataset.filter = id;
  const unseen = { className: "unseen", textContent: `Show only rows of ${name} with` };
  const label = make("label", {}, make("span", unseen), input);
  const button = (kind, of, title) => {
    const made = make("button", { type: "button", textContent: title });
    made.dataset[kind] = of;
    made.dataset.table = id;
    return made;
  };
  const said = make("span", { className: "said" });
  said.setAttribute("role", "status");
  const buttons = [
    button("copy", "markdown", "Markdown"),
    button("copy", "latex", "LaTeX"),
    button("save", name, "CSV"),
  ];
  const bar = make("div", { className: "tools" }, label, ...buttons, said);
  const line = (row, tag) => {
    const scope = tag === "th" ? "col" : "";
    return make("tr", {}, ...row.map((textContent) => make(tag, { textContent, scope })));
  };
  const body = make("tbody", {}, ...rows.map((row) => line(row, "td")));
  const table = make("table", { id: `${id}-table` }, make("thead", {}, line(head, "th")), body);
  const box = make("div", { className: "scroll tall", tabIndex: 0 }, table);
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", name);
  details.append(bar, box);
  sortable(table);
  tools(bar);
}

function follow() {
  const found = [...document.querySelectorAll("nav a")];
  const links = new Map(found.map((link) => [link.hash.slice(1), link]));
  const places = [...links.keys()]
    .map((id) => document.getElementById(id))
    .filter((place) => !place.classList.contains("part"));
  const mark = () => {
    const passed = places.filter((place) => place.getBoundingClientRect().top < innerHeight / 3);
    const current = passed.at(-1) || places[0];
    for (const [id, link] of links) {
      if (current && id === current.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  addEventListener("scroll", mark, { passive: true });
  mark();
}

document.querySelectorAll("main table").forEach(sortable);
document.querySelectorAll(".tools").forEach(tools);
for (const details of document.querySelectorAll("[data-numbers]")) {
  details.addEventListener("toggle", () => show(details), { once: true });
}
follow();
// A page that was sent to somebody has no list of all studies beside it.
const ours = /\/reports\/[^/]+\/index\.html$/.test(location.pathname);
document.querySelector("[data-index]").hidden = !ours;
