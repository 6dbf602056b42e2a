// The list on the right of every tab: all that the query says, with numbers, labels and influence.

import { apply, edit, editDrawn, reveal } from "../edits.js";
import { corrected, describedBy, fault, faultOf, wrong } from "../faults.js";
import { icon } from "../icons.js";
import { html, nothing } from "../lit-html.js";
import { isBroken, remarkOn, show, state, update } from "../state.js";
import { prose } from "./prose.js";

const TAB_OF = { date: "dates", geophysical: "geophysical", instrument: "epop", spacecraft: "epop", experiment: "experiments" };

/** The constraint that is being changed in its tab, if the text still has it: {number, text}. */
export const selection = { number: null, text: null, draft: null };

const MANY = 200;

const TEXT = "constraint text", LABEL = "constraint label";
const drafts = { number: null, text: "", label: "" };

/** The constraint that was chosen in the list, as the form has it; null where there is none. */
export function selected() {
  const constraint = state.good?.form.constraints[selection.number - 1];
  return constraint && constraint.text === selection.text ? constraint : null;
}

export function select(constraint) {
  selection.number = constraint?.number ?? null;
  selection.text = constraint?.text ?? null;
  if (constraint && TAB_OF[constraint.tab]) show(TAB_OF[constraint.tab]);
  else update();
}

/** What a change by a form does where the text has a parameter and the form shows its value. */
export function parameterHint({ text }) {
  const names = [...new Set(text.match(/\$[A-Za-z_][\w-]*/g) ?? [])];
  if (!names.length) return nothing;
  const { constraints, others, off } = state.good.form;
  const written = [...constraints, ...others, ...off].map((each) => each.text).join(" ");
  const isUsedOnce = names.every((name) => written.toLowerCase().split(/[^$\w-]+/).filter((word) => word === name.toLowerCase()).length === 1);
  const listed = names.map((name) => `\`${isUsedOnce ? `let ${name.slice(1)}` : name}\``).join(", ");
  const words = isUsedOnce
    ? `The text has ${text}: another value is written into ${listed}.`
    : `The text has ${text}: another value is written here, because ${listed} is used elsewhere, too.`;
  return html`<p class="hint parameters">${prose(words.replace(text, `\`${text}\``))}</p>`;
}

function action(name, what, run) {
  return html`<button class="plain icon-only" aria-label=${what} title=${what} @click=${run}>
    ${icon(name)}
  </button>`;
}

function beginEdit({ number, text, label }) {
  Object.assign(drafts, { number, text, label: label ?? "" });
  update();
  requestAnimationFrame(() => document.getElementById("constraint-text")?.focus());
}

function endEdit() {
  const { number } = drafts;
  drafts.number = null;
  corrected(TEXT);
  corrected(LABEL);
  update();
  requestAnimationFrame(() => document.getElementById(`constraint-${number}`)?.focus());
}

async function saveEdit(event, constraint) {
  event.preventDefault();
  const { number } = constraint;
  const data = new FormData(event.target);
  const text = data.get("text").trim(), label = data.get("label").trim();
  Object.assign(drafts, { text, label });
  if (!text) return wrong(TEXT, "write a constraint, or delete it in the list");
  let fine = true;
  if (text !== constraint.text) fine = await editDrawn({ kind: "replace", reference: String(number), typed: text }, TEXT);
  if (fine && label !== (constraint.label ?? "")) fine = await edit({ kind: "label", number, name: label }, LABEL);
  if (fine) endEdit();
}

function inlineField(place, name, title) {
  return html`<label>
      ${title}
      <input
        id="constraint-${name}"
        name=${name}
        .value=${drafts[name]}
        spellcheck="false"
        autocomplete="off"
        aria-invalid=${faultOf(place) ? "true" : "false"}
        aria-describedby=${describedBy(place)}
        @input=${() => corrected(place)}
      />
    </label>
    ${fault(place)}`;
}

function editRow(constraint) {
  return html`<form class="inline" novalidate @submit=${(event) => saveEdit(event, constraint)} @keydown=${(event) => event.key === "Escape" && endEdit()}>
    ${inlineField(TEXT, "text", `Constraint ${constraint.number}`)} ${inlineField(LABEL, "label", "Label")}
    <button class="primary small">Apply</button>
    <button type="button" class="small" @click=${endEdit}>Cancel</button>
  </form>`;
}

function remark(constraint) {
  const known = remarkOn(constraint);
  return known ? html`<span class="remark ${known.late ? "late" : ""}">${known.text}</span>` : nothing;
}

function row(constraint) {
  const { number, label, text, from, to, in_logic: inLogic } = constraint;
  const name = `constraint ${number}, ${text}`;
  const chosen = selected() === constraint;
  return html`<li class="constraint ${chosen ? "chosen" : ""} ${inLogic ? "" : "unused"}" data-number=${number}>
    <span class="number" aria-hidden="true">${number}</span>
    <button
      class="body"
      id="constraint-${number}"
      aria-pressed=${chosen}
      @click=${() => select(chosen ? null : constraint)}
      title="Change it in its tab"
    >
      ${label ? html`<span class="label">${label}</span> ` : nothing}<code>${text}</code>
    </button>
    ${inLogic ? remark(constraint) : html`<span class="remark warning">not in the logic</span>`}
    <span class="actions">
      ${action("edit", `Edit ${name}`, () => beginEdit(constraint))}
      ${action("off", `Switch off ${name}`, () => editDrawn({ kind: "off", number }))}
      ${action("jump", `Show ${name} in the text`, () => reveal(from, to))}
      ${action("drop", `Delete ${name}`, () => editDrawn({ kind: "drop", references: [String(number)] }))}
    </span>
    ${drafts.number === number ? editRow(constraint) : nothing}
  </li>`;
}

/** The whole line of a comment, with its line break, where it stands alone. */
function lineOf({ from, to }) {
  const { text } = state;
  const start = text.lastIndexOf("\n", from - 1) + 1;
  if (text.slice(start, from).trim()) return { from, to, insert: "" };
  return { from: start, to: text[to] === "\n" ? to + 1 : to, insert: "" };
}

function offRow(part) {
  const { text, label, logic, from, to } = part;
  return html`<li class="constraint switched-off">
    <span class="number" aria-hidden="true">off</span>
    <span class="body">${label ? html`<span class="label">${label}</span> ` : nothing}<code class="clamped" title=${text}>${text}</code></span>
    <span class="actions">
      ${action("off", `Switch on ${text}`, () => editDrawn({ kind: "on", from }))}
      ${action("jump", `Show ${text} in the text`, () => reveal(from, to))}
      ${action("drop", `Delete ${text}, which is switched off`, () => apply([lineOf(part)]))}
    </span>
    ${logic ? html`<span class="remark">joined as <code class="clamped" title=${logic}>${logic}</code></span>` : nothing}
  </li>`;
}

function otherRow({ kind, text, from, to }) {
  return html`<li class="constraint other">
    <span class="number" aria-hidden="true">${kind}</span>
    <span class="body"><code>${text}</code></span>
    <span class="actions">${action("jump", `Show ${text} in the text`, () => reveal(from, to))}</span>
  </li>`;
}

function productRow({ name, from, to }) {
  return html`<li class="constraint product">
    <span class="body"><code>${name}</code></span>
    <span class="actions">
      ${action("jump", `Show product ${name} in the text`, () => reveal(from, to))}
      ${action("drop", `Delete product ${name}`, () => editDrawn({ kind: "product", name, on: false }))}
    </span>
  </li>`;
}

function section(title, rows, empty = null) {
  if (!rows.length && empty === null) return nothing;
  return html`<h3>${title}</h3>
    ${rows.length ? html`<ul class=${rows.length > MANY ? "many" : ""}>${rows}</ul>` : html`<p class="quiet">${empty}</p>`}`;
}

function logicLine({ kind, text, from, to }) {
  if (kind === "none" || !text) return nothing;
  return html`<h3>Logic</h3>
    <ul>
      <li class="constraint other">
        <span class="body"
          ><code>${text}</code>${kind === "default" ? html`<span class="remark">not written: this is the default</span>` : nothing}</span
        >
        <span class="actions">
          ${action("edit", "Edit the logic in the Query Builder", () => show("builder"))}
          ${from === null ? nothing : action("jump", "Show the logic in the text", () => reveal(from, to))}
        </span>
      </li>
    </ul>`;
}

/** The list, grey while the text cannot be read. */
export function constraints() {
  const form = state.good?.form;
  const stale = isBroken();
  return html`<div class=${stale ? "stale" : ""} ?inert=${stale} aria-disabled=${stale ? "true" : "false"} data-home tabindex="-1">
    <h2>Constraints</h2>
    ${form
      ? html`
          ${section("Products", form.products.map(productRow), "No product yet: choose one in the Products tab.")}
          ${section("Constraints", form.constraints.map(row), "No constraint yet.")}
          ${section("Switched off", form.off.map(offRow))} ${section("Other statements", form.others.map(otherRow))}
          ${logicLine(form.logic)}
          ${form.email ? section("Mail to", [otherRow({ kind: "email", text: form.email.address, ...form.email })]) : nothing}
        `
      : html`<p class="quiet">Nothing has been read yet.</p>`}
  </div>`;
}
