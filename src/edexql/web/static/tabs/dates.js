// Date Constraints: periods of the query, and a year of days to choose them from.

import { parameterHint, select, selected } from "../frame/constraints.js";
import { edit, editDrawn } from "../edits.js";
import { corrected, describedBy, fault, faultOf } from "../faults.js";
import { html, live, nothing } from "../lit-html.js";
import { isBroken, update } from "../state.js";
import { calendar } from "./calendar.js";

const PLACE = "period";
const draft = { start: "", end: "", of: null };

/** The period as the language has it. */
function typed({ start, end }) {
  if (start && end) return start === end ? `date ${start}` : `date ${start}..${end}`;
  return start ? `date ${start}..` : `date ..${end}`;
}

/** The last second of a period, whose end is the first moment after it. */
const lastOf = (end) => end && new Date(Date.parse(end) - 1000).toISOString();

/** A moment as it is typed: whole days without a time. */
const written = (iso, whole) => (iso ? iso.slice(0, 10) + (iso.slice(11, 19) === whole ? "" : `T${iso.slice(11, 19)}`) : "");

/** The form shows the constraint that is chosen in the list. */
function follow(constraint) {
  const name = constraint ? `${constraint.number} ${constraint.text}` : null;
  if (draft.of === name) return;
  draft.of = name;
  corrected(PLACE);
  if (!constraint) return;
  const { start, end } = constraint.value ?? {};
  Object.assign(draft, {
    start: written(start, "00:00:00"),
    end: written(lastOf(end), "23:59:59"),
  });
}

async function submit(event, constraint) {
  event.preventDefault();
  if (!draft.start && !draft.end) return;
  const text = typed(draft);
  if (constraint) {
    if (await editDrawn({ kind: "value", number: constraint.number, typed: text }, PLACE)) select(null);
  } else if (await edit({ kind: "enter", typed: text }, PLACE)) {
    clear();
  }
}

function clear() {
  Object.assign(draft, { start: "", end: "" });
  corrected(PLACE);
  update();
}

/** Days chosen in the calendar. */
function choose(start, end) {
  Object.assign(draft, { start, end });
  corrected(PLACE);
  update();
}

/** Which of the two was wrong, as far as the place of the mistake in `date FROM..TO` says it. */
function wrongSide() {
  const found = faultOf(PLACE);
  if (!found) return null;
  return draft.start && found.from < "date ".length + draft.start.length ? "start" : draft.end ? "end" : "start";
}

const endsEarly = () => Boolean(draft.start && draft.end && draft.start.length === draft.end.length && draft.start > draft.end);

function field(name, label, hint) {
  return html`<div>
    <label>
      ${label}
      <input
        name=${name}
        .value=${live(draft[name])}
        placeholder="YYYY-MM-DD"
        autocomplete="off"
        spellcheck="false"
        size="19"
        aria-invalid=${wrongSide() === name || endsEarly() ? "true" : "false"}
        aria-describedby=${describedBy(PLACE, `${name}-hint`, "date-hint")}
        @input=${(event) => ((draft[name] = event.target.value.trim()), corrected(PLACE), update())}
      />
    </label>
    <span class="hint" id="${name}-hint">${hint}</span>
  </div>`;
}

function row(constraint, chosen) {
  const { number, label, text, value, in_logic: inLogic } = constraint;
  return html`<tr class=${constraint === chosen ? "chosen" : ""}>
    <td class="count">${number}</td>
    <td>${label ?? ""}</td>
    <td><code>${text}</code></td>
    <td>${value ? shown(value) : ""} ${inLogic ? nothing : html`<span class="tag">not in the logic</span>`}</td>
    <td class="actions">
      <button class="small" aria-pressed=${constraint === chosen} @click=${() => select(constraint === chosen ? null : constraint)} aria-label="Change period ${number}">
        Change
      </button>
      <button class="small" @click=${() => editDrawn({ kind: "drop", references: [String(number)] })} aria-label="Delete period ${number}">Delete</button>
    </td>
  </tr>`;
}

function shown({ start, end }) {
  const first = written(start, "00:00:00") || "launch", last = written(lastOf(end), "23:59:59") || "today";
  return (first === last ? first : `${first} to ${last}`).replaceAll("T", " ");
}

export function dates(state) {
  const constraint = selected()?.tab === "date" ? selected() : null;
  follow(constraint);
  const periods = state.good?.form.constraints.filter(({ tab }) => tab === "date") ?? [];
  const wrong = endsEarly();
  return html`
    <form class="row" novalidate @submit=${(event) => submit(event, constraint)}>
      ${field("start", "From", "empty: from the launch")} ${field("end", "To", "included; empty: up to today")}
      <div class="buttons">
        ${constraint
          ? html`<button class="primary" ?disabled=${wrong || isBroken()}>Update period ${constraint.number}</button>
              <button type="button" @click=${() => (select(null), clear())}>Cancel</button>`
          : html`<button class="primary" ?disabled=${wrong || (!draft.start && !draft.end) || isBroken()}>Add constraint</button>
              <button type="button" @click=${clear} ?disabled=${!draft.start && !draft.end}>Clear</button>`}
      </div>
      ${fault(PLACE)} ${constraint ? parameterHint(constraint) : nothing}
    </form>
    <p class="hint" id="date-hint">
      ${wrong ? html`<strong class="error-text">The period ends before it begins.</strong> ` : nothing} Times are UTC. A day, a month
      (2019-05), a year or a moment (2019-05-01T15:00).
    </p>
    ${periods.length
      ? html`<div class="scroll periods" tabindex="0" role="group" aria-label="Periods of the query">
          <table>
            <thead>
              <tr>
                <th scope="col" class="count">Number</th>
                <th scope="col">Label</th>
                <th scope="col">Period</th>
                <th scope="col">UTC, ends included</th>
                <th scope="col"><span class="visually-hidden">Actions</span></th>
              </tr>
            </thead>
            <tbody data-home tabindex="-1">
              ${periods.map((period) => row(period, constraint))}
            </tbody>
          </table>
        </div>`
      : html`<p class="quiet">The query has no period yet: files of the whole mission match.</p>`}
    ${state.setting.mode === "upstream" ? nothing : calendar(state, { draft, choose })}
  `;
}
