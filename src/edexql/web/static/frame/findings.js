// What is said about the text: the answer in one line, findings with their fixes, and the query as a sentence.

import { apply, become, focusEditor, reveal } from "../edits.js";
import * as formats from "../formats.js";
import { icon } from "../icons.js";
import { html, nothing } from "../lit-html.js";
import { isBroken, isCurrent, state, TOO_LONG } from "../state.js";
import { prose } from "./prose.js";

const MOST = 50;
const EXAMPLE = "# May Day 2019, as in the tutorial of the Canadian Space Agency\nproduct fai-lv1-hdf5-images\ndate 2019-05-01\nfai has-data\n";

/** The answer in one line, wherever the user is. */
export function summary() {
  if (!state.online) return "No connection to the service.";
  if (state.latest === null || state.setting === null) return "Waiting for the service.";
  if (isBroken()) return state.latest.diagnostics[0]?.code === TOO_LONG ? "The text is too long." : "The text cannot be read.";
  if (!state.text.trim()) return "The query is empty.";
  if (state.latest.sentence === null && isCurrent()) return "The query has errors.";
  if (state.trouble) return state.trouble.message;
  if (!state.answer) return "…";
  const { files, bytes, seconds, unknown } = state.answer;
  const parts = [formats.count(files, "file")];
  if (bytes) parts.push(formats.size(bytes));
  if (seconds) parts.push(`${formats.duration(seconds)} of matched time`);
  if (unknown) parts.push(`${unknown.toLocaleString("en")} with no information`);
  // It breaks between the parts, not within a time.
  return parts.map((part, at) => html`<span class="unbroken">${part}${at + 1 < parts.length ? "," : ""}</span>${at + 1 < parts.length ? " " : ""}`);
}

function place(from) {
  const before = state.text.slice(0, from);
  const line = before.split("\n").length;
  return `line ${line}, column ${from - before.lastIndexOf("\n")}`;
}

function finding([diagnostic, ...others]) {
  const { code, severity, message, help, from, to, notes = [], fixes = [], url } = diagnostic;
  return html`<li class="finding ${severity}">
    <p>
      ${icon(severity)}
      <button class="link" @click=${() => reveal(from, to)} aria-label="Go to ${severity} ${code}, ${place(from)}">${place(from)}</button>
      <strong>${prose(message)}</strong>
      ${url ? html`<a class="code" href=${url} target="_blank" rel="noreferrer">${code}</a>` : html`<span class="code">${code}</span>`}
    </p>
    ${others.map(
      (each) => html`<p>
        <button class="link" @click=${() => reveal(each.from, each.to)} aria-label="Go to ${severity} ${code}, ${place(each.from)}">${place(each.from)}</button>
        ${prose(each.message)}
      </p>`,
    )}
    ${help && !fixes.some(({ title }) => title === help) ? html`<p class="help">${prose(help)}</p>` : nothing}
    ${notes.map((note) => html`<p class="help">${prose(typeof note === "string" ? note : note.message)}</p>`)}
    ${fixes.map(
      ({ title, edits }) => html`<button class="small" @click=${() => (apply(edits), focusEditor())}>${prose(title)}</button> `,
    )}
  </li>`;
}

const errorsFirst = (a, b) => (a.severity === b.severity ? 0 : a.severity === "error" ? -1 : 1);

/** Findings in groups: warnings of one code with one help stand together. */
function groups(diagnostics) {
  const found = new Map();
  for (const each of diagnostics) {
    const alone = each.severity === "error" || !each.help || each.fixes?.length || each.notes?.length;
    const key = alone ? each : `${each.code} ${each.help}`;
    found.set(key, [...(found.get(key) ?? []), each]);
  }
  return [...found.values()];
}

/** Errors and warnings of the present text. */
export function findings() {
  const { latest, text } = state;
  if (!latest) return nothing;
  if (!text.trim()) {
    return html`<div class="beginning">
      <p class="hint">Choose a product and add constraints in the tabs, write here, open a file, or paste a parameter dictionary.</p>
      <button @click=${() => (become(EXAMPLE), focusEditor())}>Begin with an example</button>
    </div>`;
  }
  const { diagnostics } = latest;
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const parts = [errors && formats.count(errors, "error"), warnings && formats.count(warnings, "warning")].filter(Boolean);
  return html`<section class="findings ${latest.version === state.version ? "" : "late"}" data-home tabindex="-1" aria-label="Findings">
    <h3>Findings <span class="quiet">${parts.join(", ") || "none"}</span></h3>
    <ul>
      ${groups([...diagnostics].sort(errorsFirst).slice(0, MOST)).map(finding)}
    </ul>
    ${diagnostics.length > MOST ? html`<p class="quiet">and ${diagnostics.length - MOST} more</p>` : nothing}
  </section>`;
}

/** The query in words, as `explain` says it. */
export function sentence() {
  const { good } = state;
  if (!good?.sentence) return nothing;
  return html`<section class="sentence" aria-label="In words">
    <h3>In words</h3>
    <p>This query asks for ${good.sentence}.</p>
    <dl>
      ${good.sent ? html`<dt>Sent to eDEx</dt><dd><code>${good.sent.trim()}</code></dd>` : nothing}
      ${good.residual ? html`<dt>Applied to the answer</dt><dd><code>${good.residual}</code></dd>` : nothing}
    </dl>
  </section>`;
}
