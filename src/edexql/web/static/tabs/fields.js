// Fields with a range: fields of the chosen group, each with its unit, its bounds and how its values are distributed.

import { parameterHint, select, selected } from "../frame/constraints.js";
import { edit, editDrawn } from "../edits.js";
import { corrected, describedBy, fault, faultOf } from "../faults.js";
import * as formats from "../formats.js";
import { html, live, nothing, svg } from "../lit-html.js";
import { ask } from "../api.js";
import { afterReading, isBroken, remarkOn, state, update } from "../state.js";
import { confirmation } from "./products.js";

const drafts = new Map(); // of each field: {low, high, lowOpen, highOpen}
const sketches = new Map(); // of each field: {of: dates of the query, answer or reason}
const groups = { geophysical: null, spacecraft: null };
let dates = "";

const emptyDraft = () => ({ low: "", high: "", lowOpen: false, highOpen: false });

// ---- distributions, one after the other, and again when the dates of the query change

let asking = false;

/** Fields are asked for while their tab is shown, and only about a text that means something. */
const isAsking = ({ online, tab, latest, version }) =>
  online && (tab === "geophysical" || tab === "epop") && latest?.version === version && latest.sentence !== null;

async function sketch() {
  if (asking) return;
  asking = true;
  try {
    for (;;) {
      const wanted = visible.find((name) => sketches.get(name)?.of !== dates);
      if (!wanted || !isAsking(state)) return;
      const of = dates, { text, version } = state;
      try {
        const answer = await ask("field", { name: wanted, text, version });
        sketches.set(wanted, { of, answer });
      } catch (error) {
        sketches.set(wanted, { of, reason: error.message });
      }
      update();
    }
  } finally {
    asking = false;
  }
}

let visible = [];

afterReading((latest) => {
  if (!latest.readable) return;
  const { constraints } = latest.form;
  dates = JSON.stringify(constraints.filter(({ tab }) => tab === "date").map(({ text }) => text));
  sketch();
});

const WIDTH = 240, HEIGHT = 34;

/** Whether a value is inside one of some ranges, which may go round a circle; null where none has a bound. */
function insideOf(ranges) {
  const bounded = ranges.filter(({ low, high }) => low || high);
  if (!bounded.length) return null;
  return (value) =>
    bounded.some((range) => {
      const low = range.low ? Number(range.low) : -Infinity, high = range.high ? Number(range.high) : Infinity;
      return low <= high ? value >= low && value <= high : value >= low || value <= high;
    });
}

/** Bars of the values in the catalogue, with the chosen range in colour; in words for those who do not see it. */
function drawing(field, draft, mine) {
  if (state.setting.mode === "upstream") return html`<div></div>`;
  const found = sketches.get(field.name);
  if (!found) return html`<div class="sketch empty" aria-hidden="true"></div>`;
  if (found.reason || !found.answer.counts?.some(Boolean)) {
    return html`<p class="sketch quiet">${found.reason ?? "no values in the catalogue in these dates"}</p>`;
  }
  const { counts, edges, low, high } = found.answer;
  const most = Math.max(...counts), first = edges[0], last = edges.at(-1);
  const across = (value) => ((value - first) / (last - first || 1)) * WIDTH;
  const isInside = insideOf([draft]) ?? insideOf(mine.map(({ value }) => value ?? {})) ?? (() => false);
  const bars = counts.map((number, at) => {
    if (!number) return nothing;
    const height = Math.max(1, (HEIGHT - 2) * Math.sqrt(number / most));
    const left = across(edges[at]);
    const inside = isInside((edges[at] + edges[at + 1]) / 2);
    return svg`<rect class=${inside ? "inside" : ""} x=${left.toFixed(1)} y=${(HEIGHT - height).toFixed(1)} width=${Math.max(0.8, across(edges[at + 1]) - left - 0.6).toFixed(1)} height=${height.toFixed(1)} />`;
  });
  const words = `Values in the catalogue from ${formats.short(low ?? first)} to ${formats.short(high ?? last)} ${field.unit ?? ""}`;
  return html`<figure class="sketch">
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${words}>${bars}</svg>
    <figcaption aria-hidden="true"><span>${formats.short(Math.max(first, field.low ?? first))}</span><span>${formats.short(Math.min(last, field.high ?? last))}${field.unit ? ` ${field.unit}` : ""}</span></figcaption>
  </figure>`;
}

// ---- one field

/** The range as the language has it; null where the form holds none. */
export function typedRange(name, { low, high, lowOpen, highOpen }) {
  if (low && high) {
    if (low === high) return `${name} = ${low}`;
    if (lowOpen || highOpen) return null;
    return `${name} ${low}..${high}`;
  }
  if (low) return `${name} ${lowOpen ? ">" : ">="} ${low}`;
  return high ? `${name} ${highOpen ? "<" : "<="} ${high}` : null;
}

function draftOf(field, constraint) {
  const key = constraint ? `${field.name} ${constraint.number} ${constraint.text}` : field.name;
  if (!drafts.has(key)) {
    const { low, high, low_open: lowOpen, high_open: highOpen, value } = constraint?.value ?? {};
    drafts.set(key, constraint ? { low: low ?? value ?? "", high: high ?? "", lowOpen: Boolean(lowOpen), highOpen: Boolean(highOpen) } : emptyDraft());
  }
  return drafts.get(key);
}

const placeOf = ({ name }) => `field ${name}`;

/** Which of the bounds was wrong, as far as the place of the mistake in the typed range says it. */
function wrongSide(field, draft) {
  const found = faultOf(placeOf(field));
  if (!found) return null;
  const typed = typedRange(field.name, draft) ?? "";
  return draft.high && (!draft.low || (draft.low !== draft.high && found.from >= typed.length - draft.high.length)) ? "high" : "low";
}

async function submit(event, field, constraint) {
  event.preventDefault();
  const draft = draftOf(field, constraint);
  const typed = field.words ? `${field.name} ${draft.low}` : typedRange(field.name, draft);
  if (!typed) return;
  const fine = constraint
    ? await editDrawn({ kind: "value", number: constraint.number, typed }, placeOf(field))
    : await edit({ kind: "enter", typed }, placeOf(field));
  if (!fine) return;
  if (constraint) select(null);
  else Object.assign(draft, emptyDraft());
  update();
}

function bound(field, draft, side, label, isAnother) {
  const { unit } = field;
  const open = `${side}Open`;
  const sign = side === "low" ? (draft[open] ? ">" : "≥") : draft[open] ? "<" : "≤";
  const alone = side === "low" ? !draft.high : !draft.low;
  return html`<span class="bound">
    <button
      type="button"
      class="plain sign"
      aria-pressed=${draft[open]}
      aria-label="${field.name}: ${label} is ${draft[open] ? "excluded" : "included"}"
      title=${alone ? "Include or exclude the bound" : "Ranges include both ends"}
      ?disabled=${!alone}
      @click=${() => ((draft[open] = !draft[open]), update())}
    >
      ${alone ? sign : side === "low" ? "≥" : "≤"}
    </button>
    <input
      inputmode="decimal"
      size="8"
      autocomplete="off"
      spellcheck="false"
      aria-label="${field.name}, ${label}${unit ? `, ${unit}` : ""}"
      placeholder=${isAnother ? "" : "any"}
      .value=${live(draft[side])}
      aria-invalid=${wrongSide(field, draft) === side ? "true" : "false"}
      aria-describedby=${describedBy(placeOf(field))}
      @input=${(event) => ((draft[side] = event.target.value.trim()), corrected(placeOf(field)), update())}
    />
  </span>`;
}

/** What a constraint says, where the text has a parameter in the place of a value. */
function meaning({ head, text, value }, unit) {
  if (!text.includes("$") || !value) return nothing;
  const words = value.value ?? typedRange(head, { low: value.low ?? "", high: value.high ?? "", lowOpen: value.low_open, highOpen: value.high_open });
  return words ? html`<span class="meaning">is <code>${words}</code>${unit ? ` ${unit}` : ""}</span>` : nothing;
}

function existing(constraint, chosen, { unit }) {
  const { number, text } = constraint;
  const isChosen = constraint === chosen;
  return html`<li>
    <button type="button" class="chip" aria-pressed=${isChosen} @click=${() => select(isChosen ? null : constraint)}>
      ${isChosen ? "Changing" : "Change"} <span class="visually-hidden">constraint</span> <span class="number">${number}</span> <code>${text}</code>
      ${meaning(constraint, unit)} <span class="remark">${remarkOn(constraint)?.text ?? ""}</span>
    </button>
  </li>`;
}

function card(field, tab) {
  const mine = state.good?.form.constraints.filter((each) => each.tab === tab && each.head === field.name) ?? [];
  const chosen = mine.find((each) => each === selected()) ?? null;
  const draft = draftOf(field, chosen);
  const range = field.low === null || field.low === undefined ? "" : `${formats.short(field.low)} to ${formats.short(field.high)}`;
  const words = !range, isAnother = mine.length > 0 && !chosen;
  const able = words ? Boolean(draft.low) : typedRange(field.name, draft) !== null;
  return html`<form class="field" @submit=${(event) => submit(event, { ...field, words }, chosen)} aria-label=${field.name}>
    <div class="about">
      <h3><code>${field.name}</code> ${confirmation(field.confirmed)}</h3>
      <p class="prose">${field.description}</p>
      <p class="hint">${range}${field.unit ? ` ${field.unit}` : ""}${field.circle ? `, a circle of ${formats.short(field.circle)}: may begin above its end` : ""}</p>
    </div>
    ${words ? html`<div class="sketch"></div>` : drawing(field, draft, mine)}
    ${mine.length ? html`<ul class="chips" data-home tabindex="-1" aria-label="Constraints on ${field.name}">${mine.map((each) => existing(each, chosen, field))}</ul>` : nothing}
    <div class="entry">
      ${isAnother ? html`<span class="quiet">Another:</span>` : nothing}
      ${words && field.values?.length
        ? html`<select aria-label="${field.name}, value" @change=${(event) => ((draft.low = event.target.value), update())}>
            <option value="">choose</option>
            ${field.values.map(({ name, description }) => html`<option value=${name} .selected=${draft.low === name} title=${description ?? ""}>${name}</option>`)}
          </select>`
        : words
        ? html`<input aria-label="${field.name}, value" size="12" autocomplete="off" .value=${live(draft.low)} aria-invalid=${faultOf(placeOf(field)) ? "true" : "false"} aria-describedby=${describedBy(placeOf(field))} @input=${(event) => ((draft.low = event.target.value.trim()), corrected(placeOf(field)), update())} />`
        : html`${bound(field, draft, "low", "lowest value", isAnother)} ${bound(field, draft, "high", "highest value", isAnother)}`}
      ${field.unit ? html`<span class="unit">${field.unit}</span>` : nothing}
      <button class=${able ? "primary" : ""} ?disabled=${!able || isBroken()} aria-label=${chosen ? `Update constraint ${chosen.number}` : `Add constraint on ${field.name}`}>
        ${chosen ? `Update ${chosen.number}` : "Add constraint"}
      </button>
      ${chosen ? html`<button type="button" @click=${() => (corrected(placeOf(field)), select(null))}>Cancel</button>` : nothing}
    </div>
    ${fault(placeOf(field))} ${chosen ? parameterHint(chosen) : nothing}
  </form>`;
}

// ---- a tab of fields

const groupOf = ({ group }) => group ?? "all";

const groupsOf = (tab) => [...new Set(state.setting.vocabulary.fields.filter((field) => field.tab === tab).map(groupOf))];

/** Fields of a tab by groups: only those of the chosen group are there. */
export function fieldGroups(tab, name) {
  const all = groupsOf(tab);
  const now = selected()?.tab === tab && state.setting.vocabulary.fields.find(({ name }) => name === selected().head);
  if (now) groups[tab] = groupOf(now);
  const first = state.good?.form.constraints.find((each) => each.tab === tab)?.head;
  const used = first && state.setting.vocabulary.fields.find(({ name }) => name === first);
  const group = groups[tab] ?? (used ? groupOf(used) : all[0]);
  const fields = state.setting.vocabulary.fields.filter((field) => field.tab === tab && groupOf(field) === group);
  visible = state.setting.mode === "upstream" ? [] : fields.filter(({ low }) => low !== null && low !== undefined).map((field) => field.name);
  queueMicrotask(sketch);
  const count = (each) => {
    const names = new Set(state.setting.vocabulary.fields.filter((field) => field.tab === tab && groupOf(field) === each).map((field) => field.name));
    return state.good?.form.constraints.filter((constraint) => constraint.tab === tab && names.has(constraint.head)).length ?? 0;
  };
  return html`
    <fieldset class="choices">
      <legend>${name}</legend>
      ${all.map(
        (each) => html`<label class="choice">
          <input type="radio" name="group-${tab}" .checked=${live(each === group)} @change=${() => ((groups[tab] = each), update())} />
          <span>${each}${count(each) ? html` <span class="number">${count(each)}</span>` : nothing}</span>
        </label>`,
      )}
    </fieldset>
    <div class="fields">${fields.map((field) => card(field, tab))}</div>
  `;
}

export function geophysical() {
  return fieldGroups("geophysical", "Group");
}
