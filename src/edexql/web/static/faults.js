// What is wrong with what was typed into a form: shown below its field until that is typed again.

import { prose } from "./frame/prose.js";
import { icon } from "./icons.js";
import { html, nothing } from "./lit-html.js";
import { update } from "./state.js";

const faults = new Map(); // of each place, a name for one or more fields: {text, from} or nothing

/** `text` is wrong with a place; `from` is where in what was typed. */
export function wrong(place, text, from = 0) {
  faults.set(place, { text, from });
  update();
}

/** Another text was typed, or it was taken. */
export function corrected(place) {
  if (faults.delete(place)) update();
}

/** {text, from} of a place, null where nothing is wrong. */
export const faultOf = (place) => faults.get(place) ?? null;

const idOf = (place) => `fault-${place.replace(/[^\w-]+/g, "-")}`;

/** For `aria-describedby` of a field: what is wrong, and the other descriptions. */
export function describedBy(place, ...others) {
  const ids = faults.has(place) ? [idOf(place), ...others] : others;
  return ids.length ? ids.join(" ") : nothing;
}

/** What is wrong, to stand below the field. */
export function fault(place) {
  const found = faultOf(place);
  if (!found) return nothing;
  return html`<p class="fault" id=${idOf(place)} role="alert">${icon("error")} <span>${prose(found.text)}</span></p>`;
}

/** Whether what is wrong with a place can be seen. */
export const isSeen = (place) => document.getElementById(idOf(place)) !== null;
