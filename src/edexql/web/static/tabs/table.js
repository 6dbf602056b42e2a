// The table of files: only the rows in sight are in the page, so that ten thousand are as quick as ten.

import * as formats from "../formats.js";
import { html, nothing, ref } from "../lit-html.js";
import { update } from "../state.js";

// A row has one line where there is room for it, else two or three: from what width in rem on, and how high, in pixels.
const LINES = [
  { lines: 1, from: 60.5, row: 28 },
  { lines: 2, from: 37, row: 46 },
  { lines: 3, from: 0, row: 84 },
];
const BEYOND = 8;
// The height of the table, in pixels: what a screen leaves, and at least this.
const LEAST = 400, ELSEWHERE = 480;
const COLUMNS = [
  { key: "start", title: "Start (UTC)", text: (rows, at) => formats.moment(rows.start[at]) },
  { key: "end", title: "End", text: endOf },
  { key: "size", title: "Size", number: true, text: (rows, at) => (rows.size[at] === null ? (rows.size_text?.[at] ?? "") : formats.size(rows.size[at])) },
  { key: "matched", title: "Matched", number: true, text: (rows, at) => formats.duration(rows.matched[at]) },
  { key: "state", title: "State", text: (rows, at) => (rows.state[at] === "unknown" ? "no information" : rows.state[at]) },
  { key: "instrument", title: "Instr.", text: (rows, at) => rows.instrument[at] ?? "" },
];

/** The time of day alone where the file ends on the day of its start. */
function endOf(rows, at) {
  const start = rows.start[at], end = rows.end[at];
  if (!end) return "";
  return start?.slice(0, 10) === end.slice(0, 10) ? formats.moment(end).slice(11) : formats.moment(end).slice(5);
}

const view = { sort: null, descending: false, words: "", top: 0, height: 420, at: 0, answer: null, order: null, orderOf: null, layout: LINES[0] };
const unticked = new Set();
let names = null;

const UNTICKED = "edexql-unticked";
// Names that a browser keeps for a reload.
const MOST_KEPT = 5000;

/** What was unticked stays so over a reload of the page, in this tab. */
function keepTicks() {
  try {
    if (unticked.size && unticked.size <= MOST_KEPT) sessionStorage.setItem(UNTICKED, JSON.stringify([...unticked]));
    else sessionStorage.removeItem(UNTICKED);
  } catch {
    // A browser that stores nothing forgets them.
  }
}

function keptTicks() {
  try {
    return JSON.parse(sessionStorage.getItem(UNTICKED) ?? "[]");
  } catch {
    return [];
  }
}

/** Ticks stay while the files are the same. */
export function resetTicks(answer) {
  if (view.answer === answer) return;
  if (names === null) {
    const there = new Set(answer.rows.name);
    for (const name of keptTicks()) if (there.has(name)) unticked.add(name);
    names = answer.rows.name;
  }
  const same = names && names.length === answer.rows.name.length && names.every((name, at) => name === answer.rows.name[at]);
  if (!same) {
    unticked.clear();
    keepTicks();
    Object.assign(view, { at: 0, top: 0 });
    const scroller = document.getElementById("files-grid");
    if (scroller) scroller.scrollTop = 0;
  }
  names = answer.rows.name;
  view.answer = answer;
  view.order = null;
}

/** Names of the ticked files. */
export const ticked = () => (names ?? []).filter((name) => !unticked.has(name));

function compare(a, b) {
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1;
  if (b === null || b === undefined) return -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether a text has a word in it; `*` and `?` stand for other letters, but not for blanks. */
function matcher(word) {
  if (!/[*?]/.test(word)) return (text) => text.includes(word);
  const pattern = new RegExp(word.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", "\\S*").replaceAll("?", "\\S"));
  return (text) => pattern.test(text);
}

/** Indices of the rows to show, filtered and sorted. */
function order(rows) {
  const of = `${view.sort} ${view.descending} ${view.words}`;
  if (view.order && view.orderOf === of) return view.order;
  const words = view.words.toLowerCase().split(/\s+/).filter(Boolean);
  const patterns = words.map(matcher);
  const found = [];
  for (let at = 0; at < rows.name.length; at++) {
    const text = words.length ? `${rows.name[at]} ${rows.instrument[at]} ${rows.product[at]} ${rows.start[at]} ${rows.state[at]}`.toLowerCase() : "";
    if (patterns.every((isIn) => isIn(text))) found.push(at);
  }
  if (view.sort) {
    const column = rows[view.sort], sign = view.descending ? -1 : 1;
    found.sort((a, b) => sign * compare(column[a], column[b]) || a - b);
  }
  Object.assign(view, { order: found, orderOf: of });
  return found;
}

function sortBy(key) {
  if (view.sort === key && view.descending) Object.assign(view, { sort: null, descending: false });
  else Object.assign(view, { descending: view.sort === key, sort: key });
  update();
}

function tick(name, on) {
  if (on) unticked.delete(name);
  else unticked.add(name);
  keepTicks();
  update();
}

function tickShown(rows, shown, on) {
  for (const at of shown) {
    if (on) unticked.delete(rows.name[at]);
    else unticked.add(rows.name[at]);
  }
  keepTicks();
  update();
}

const widths = new ResizeObserver(([{ contentRect }]) => {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const layout = LINES.find(({ from }) => contentRect.width / rem >= from);
  const scroller = document.getElementById("files-grid");
  if (layout === view.layout || !scroller) return;
  const first = scroller.scrollTop / view.layout.row;
  view.layout = layout;
  update();
  requestAnimationFrame(() => (scroller.scrollTop = first * layout.row));
});

function observe(element) {
  widths.disconnect();
  if (element) widths.observe(element);
}

function reveal(at) {
  const { row: height } = view.layout;
  const scroller = document.getElementById("files-grid");
  const top = (at + 1) * height, bottom = top + height;
  // The heading stands over the first row's height of what is in sight.
  if (top - height < scroller.scrollTop) scroller.scrollTop = top - height;
  else if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight;
}

function onKey(event, rows, shown, explain) {
  if (event.target.id !== "files-grid") return;
  const page = Math.max(1, Math.floor(view.height / view.layout.row) - 2);
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
  const name = rows.name[shown[view.at]];
  if (event.key in steps) {
    event.preventDefault();
    view.at = Math.min(Math.max(view.at + steps[event.key], 0), shown.length - 1);
    reveal(view.at);
    update();
  } else if (event.key === " " && name) {
    event.preventDefault();
    tick(name, unticked.has(name));
  } else if (event.key === "Enter" && name && explain) {
    event.preventDefault();
    explain(name);
  }
}

function onScroll(event) {
  const { scrollTop, clientHeight } = event.currentTarget;
  if (Math.abs(scrollTop - view.top) < view.layout.row && clientHeight === view.height) return;
  Object.assign(view, { top: scrollTop, height: clientHeight });
  update();
}

function heading({ key, title, number }) {
  const sorted = view.sort === key;
  return html`<div role="columnheader" class="at-${key} ${number ? "count" : ""}" aria-sort=${sorted ? (view.descending ? "descending" : "ascending") : "none"}>
    <button class="plain" @click=${() => sortBy(key)}>${title}<span aria-hidden="true">${sorted ? (view.descending ? " ↓" : " ↑") : ""}</span></button>
  </div>`;
}

function row(rows, at, place, explain) {
  const name = rows.name[at];
  return html`<div
    role="row"
    id="file-${place}"
    class="file ${place === view.at ? "current" : ""} ${rows.state[at]}"
    aria-rowindex=${place + 2}
    aria-selected=${unticked.has(name) ? "false" : "true"}
    style="top:${(place + 1) * view.layout.row}px"
    @click=${() => ((view.at = place), update())}
  >
    <div role="gridcell" class="at-tick"><input type="checkbox" tabindex="-1" aria-label=${name} .checked=${!unticked.has(name)} @change=${(event) => tick(name, event.target.checked)} /></div>
    <div role="gridcell" class="name at-name" title=${name}>${name}</div>
    <div role="gridcell" class="why-cell">
      ${explain ? html`<button class="plain link" tabindex="-1" aria-label="Why ${name}" @click=${() => explain(name)}>why</button>` : nothing}
    </div>
    ${COLUMNS.map(({ number, text, key }) => html`<div role="gridcell" class="${key} at-${key} ${number ? "count" : ""}">${text(rows, at)}</div>`)}
  </div>`;
}

function total(rows, shown) {
  let chosen = 0, bytes = 0;
  for (let at = 0; at < rows.name.length; at++) {
    if (unticked.has(rows.name[at])) continue;
    chosen++;
    bytes += typeof rows.size[at] === "number" ? rows.size[at] : 0;
  }
  const parts = [`${chosen.toLocaleString("en")} of ${formats.count(rows.name.length, "file")} ticked`];
  if (bytes) parts.push(formats.size(bytes));
  if (shown.length !== rows.name.length) parts.push(`${shown.length.toLocaleString("en")} shown`);
  return parts.join(", ");
}

export function fileTable({ rows }, { explain }) {
  if (!rows.name.length) return html`<p class="quiet">No file matches.</p>`;
  const shown = order(rows);
  view.at = Math.min(view.at, Math.max(shown.length - 1, 0));
  const { row: height, lines } = view.layout;
  const first = Math.max(0, Math.floor(view.top / height) - BEYOND);
  const last = Math.min(shown.length, Math.ceil((view.top + view.height) / height) + BEYOND);
  const places = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  const isInSight = view.at >= first && view.at < last;
  return html`
    <div class="filters" role="group" aria-label="Filter the files">
      <label class="wide">Filter <input type="search" id="file-filter" .value=${view.words} placeholder="name, instrument, day" @input=${(event) => ((view.words = event.target.value), (view.at = 0), update())} /></label>
      <div class="buttons">
        <button class="small" @click=${() => tickShown(rows, shown, true)}>Tick all shown</button>
        <button class="small" @click=${() => tickShown(rows, shown, false)}>Untick all shown</button>
      </div>
      <span class="quiet" role="status">${total(rows, shown)}</span>
    </div>
    <div
      role="grid"
      class="files"
      id="files-grid"
      tabindex="0"
      aria-label="Files"
      aria-multiselectable="true"
      aria-rowcount=${shown.length + 1}
      aria-colcount=${COLUMNS.length + 3}
      aria-activedescendant=${isInSight ? `file-${view.at}` : nothing}
      aria-describedby="files-hint"
      data-lines=${lines}
      style="--rows:${Math.min(shown.length, Math.floor(Math.max(LEAST, innerHeight - ELSEWHERE) / height))};--row:${height}px"
      ${ref(observe)}
      @scroll=${onScroll}
      @keydown=${(event) => onKey(event, rows, shown, explain)}
    >
      <div class="space" role="rowgroup" style="height:${(shown.length + 1) * height}px">
        <div role="row" class="file heading" aria-rowindex="1">
          <div role="columnheader" class="at-tick"><span class="visually-hidden">Ticked</span></div>
          ${heading({ key: "name", title: "File" })}
          <div role="columnheader" class="why-cell"><span class="visually-hidden">Why</span></div>
          ${COLUMNS.map(heading)}
        </div>
        ${places.map((place) => row(rows, shown[place], place, explain))}
      </div>
    </div>
    <p class="hint" id="files-hint">Arrow keys and Page keys move, Space ticks and unticks${explain ? ", Enter explains why a file is here" : ""}.</p>
  `;
}
