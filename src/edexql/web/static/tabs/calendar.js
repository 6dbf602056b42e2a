// A year of days: how many files there are on each, and how many match. Days are chosen by mouse or by arrow keys.

import * as formats from "../formats.js";
import { icon } from "../icons.js";
import { html, nothing } from "../lit-html.js";
import { afterReading, question, state, update } from "../state.js";

const DAY = 86_400_000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const FIRST_YEAR = 2013;

const view = { year: null, focus: null, anchor: null, days: {}, of: null, reason: null, guessed: null };

const counting = question("calendar", {
  delay: 200,
  wanted: () => state.tab === "dates" && state.setting?.mode !== "upstream" && view.year !== null && state.latest?.version === state.version && state.latest.sentence !== null,
  more: () => ({ year: view.year }),
  take(answer) {
    Object.assign(view, { days: answer.days, of: `${state.version} ${view.year}`, reason: null });
    update();
  },
  fail(error) {
    Object.assign(view, { days: {}, of: null, reason: error.message });
    update();
  },
});

afterReading(() => counting.soon());

function turn(year) {
  view.year = Math.min(Math.max(year, FIRST_YEAR), Number(state.setting.today.slice(0, 4)));
  if (view.focus?.slice(0, 4) !== String(view.year)) view.focus = `${view.year}-01-01`;
  counting.now();
  update();
}

/** The year of the first period of the query, else of its last file, else the present one; it follows the query until someone turns it. */
function guess() {
  const first = state.good?.form.constraints.find(({ tab, value }) => tab === "date" && value?.start);
  const last = state.answer?.rows.start.findLast(Boolean);
  const day = (first?.value.start ?? last)?.slice(0, 10) ?? null;
  if (day === null && view.year !== null) return;
  const year = Number((day ?? state.setting.today).slice(0, 4));
  if (view.guessed === year) return;
  view.guessed = year;
  view.year = Math.max(year, FIRST_YEAR);
  view.focus = day && year === view.year ? day : `${view.year}-01-01`;
  counting.soon();
}

/** Steps of colour: none, 1, 2 to 3, 4 to 9, 10 and more. */
const level = (files) => (!files ? 0 : files < 2 ? 1 : files < 4 ? 2 : files < 10 ? 3 : 4);

function spoken(day) {
  const [files = 0, matched = 0] = view.days[day] ?? [];
  return `${day}: ${files ? `${formats.count(files, "file")}, ${matched.toLocaleString("en")} of the query` : "no file"}`;
}

function move(event, choose) {
  const step = { ArrowLeft: -7, ArrowRight: 7, ArrowUp: -1, ArrowDown: 1 }[event.key];
  const at = formats.dayOf(view.focus);
  let to = null;
  if (step) to = new Date(at.getTime() + step * DAY);
  else if (event.key === "Home") to = formats.dayOf(`${view.focus.slice(0, 8)}01`);
  else if (event.key === "End") to = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0));
  else if (event.key === "PageUp" || event.key === "PageDown") {
    const month = at.getUTCMonth() + (event.key === "PageUp" ? -1 : 1);
    to = new Date(Date.UTC(at.getUTCFullYear(), month, 1));
  } else if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    pick(view.focus, event.shiftKey, choose);
    return;
  }
  if (!to) return;
  event.preventDefault();
  const day = formats.isoDay(to);
  const year = Number(day.slice(0, 4));
  if (year < FIRST_YEAR || year > Number(state.setting.today.slice(0, 4))) return;
  view.focus = day;
  if (year !== view.year) turn(year);
  else update();
  if (event.shiftKey) extend(day, choose);
  requestAnimationFrame(() => document.getElementById("calendar-focus")?.focus());
}

/** The first choice is the beginning and the end; the second, or one with Shift, makes it a period. */
function pick(day, isExtended, choose) {
  if (isExtended || (view.anchor && view.anchor !== day)) extend(day, choose);
  else choose(day, day);
  view.anchor = isExtended || view.anchor ? null : day;
  view.focus = day;
}

function extend(day, choose) {
  view.anchor ??= view.focus;
  choose(...[view.anchor, day].sort());
}

/** Days from the first to the last of each period of the query, for the days of the year that is shown. */
function periods() {
  const dates = state.good?.form.constraints.filter(({ tab, value }) => tab === "date" && value) ?? [];
  return dates.map(({ number, value }) => ({ number, start: value.start?.slice(0, 10) ?? "", end: value.end ?? "9999" }));
}

/** Those of a day; the end of a period is the first moment after it. */
const periodsOf = (day, all) => all.filter(({ start, end }) => day >= start && `${day}T00:00:00Z` < end);

function cell(day, draft, all) {
  const [files = 0, matched = 0] = view.days[day] ?? [];
  const isFocus = day === view.focus;
  const end = draft.end || draft.start;
  const chosen = draft.start && day >= draft.start.slice(0, 10) && day <= end.slice(0, 10);
  const within = periodsOf(day, all);
  const words = within.length ? `${spoken(day)}; in ${within.length > 1 ? "periods" : "period"} ${within.map(({ number }) => number).join(", ")}` : spoken(day);
  return html`<td
    role="gridcell"
    class="day l${level(files)} ${matched ? "matched" : ""} ${within.length ? "within" : ""} ${chosen ? "chosen" : ""}"
    id=${isFocus ? "calendar-focus" : nothing}
    tabindex=${isFocus ? 0 : -1}
    aria-selected=${chosen ? "true" : "false"}
    aria-label=${words}
    title=${words}
    data-day=${day}
  ></td>`;
}

/** Rows are weekdays, columns weeks, as the days of a year are mostly drawn. */
function grid(draft) {
  const first = new Date(Date.UTC(view.year, 0, 1));
  const offset = (first.getUTCDay() + 6) % 7;
  const length = (Date.UTC(view.year + 1, 0, 1) - first.getTime()) / DAY;
  const weeks = Math.ceil((offset + length) / 7);
  const all = periods();
  const rows = WEEKDAYS.map((name, weekday) => {
    const cells = [];
    for (let week = 0; week < weeks; week++) {
      const index = week * 7 + weekday - offset;
      if (index < 0 || index >= length) cells.push(html`<td class="none" role="gridcell" aria-hidden="true"></td>`);
      else cells.push(cell(formats.isoDay(new Date(first.getTime() + index * DAY)), draft, all));
    }
    return html`<tr role="row"><th scope="row" class=${weekday % 2 ? "every-second" : ""}>${name}</th>${cells}</tr>`;
  });
  const heads = [];
  for (let month = 0, week = 0; month < 12; month++) {
    const last = (Date.UTC(view.year, month + 1, 1) - first.getTime()) / DAY;
    const next = month === 11 ? weeks : Math.floor((last + offset) / 7);
    heads.push(html`<th scope="colgroup" colspan=${next - week}>${MONTHS[month]}</th>`);
    week = next;
  }
  return html`<thead><tr role="row"><td></td>${heads}</tr></thead><tbody>${rows}</tbody>`;
}

export function calendar(_, { draft, choose }) {
  guess();
  const today = Number(state.setting.today.slice(0, 4));
  const now = `${state.version} ${view.year}`;
  const isLate = view.of !== now && !view.reason;
  // Edits were made while another tab was shown.
  if (view.of !== now && view.asked !== now && state.latest?.version === state.version && state.latest.sentence !== null) {
    view.asked = now;
    counting.soon();
  }
  const click = (event) => {
    const day = event.target.dataset.day;
    if (day) pick(day, event.shiftKey, choose);
  };
  return html`<section class="calendar" aria-label="Days with files">
    <div class="bar">
      <h3>Days with files</h3>
      <button class="plain icon-only" aria-label="Year before" ?disabled=${view.year <= FIRST_YEAR} @click=${() => turn(view.year - 1)}>${icon("previous")}</button>
      <label><span class="visually-hidden">Year</span>
        <select @change=${(event) => turn(Number(event.target.value))}>
          ${Array.from({ length: today - FIRST_YEAR + 1 }, (_, at) => FIRST_YEAR + at).map(
            (year) => html`<option value=${year} .selected=${year === view.year}>${year}</option>`,
          )}
        </select>
      </label>
      <button class="plain icon-only" aria-label="Year after" ?disabled=${view.year >= today} @click=${() => turn(view.year + 1)}>${icon("next")}</button>
      <span class="legend" aria-hidden="true">
        files a day <i class="day l0"></i>0 <i class="day l1"></i>1 <i class="day l2"></i>2–3 <i class="day l3"></i>4–9 <i class="day l4"></i>10+
        <i class="day l1 matched"></i>of the query <i class="day l0 within"></i>in a period
      </span>
    </div>
    ${view.reason
      ? html`<p class="quiet">${view.reason}</p>`
      : html`<div class="scroll">
            <table role="grid" aria-label="Days of ${view.year}" class=${isLate ? "late" : ""} @click=${click} @keydown=${(event) => move(event, choose)}>
              ${grid(draft)}
            </table>
          </div>
          <p class="hint">
            <span role="status">${view.focus ? spoken(view.focus) : ""}</span> · Click a first and a last day, or use the arrow keys,
            Page Up and Down for months, Space for both ends.
          </p>`}
  </section>`;
}
