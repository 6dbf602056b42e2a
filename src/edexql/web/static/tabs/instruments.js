// e-POP Constraints: the state of an instrument, and where the spacecraft was and how it pointed.

import { edit, editDrawn, isTicked, wish } from "../edits.js";
import * as formats from "../formats.js";
import { html, live, nothing } from "../lit-html.js";
import { ask } from "../api.js";
import { select, selected } from "../frame/constraints.js";
import { afterReading, state, update } from "../state.js";
import { fieldGroups } from "./fields.js";
import { confirmation } from "./products.js";

const view = { part: "instruments", instrument: null };
const presence = new Map(); // by instrument and value: {version, answer}, with the last answer that there was
let wanted = [], asking = false;

async function count() {
  if (asking) return;
  asking = true;
  try {
    for (;;) {
      const { text, version } = state;
      const next = wanted.find(([instrument, value]) => presence.get(`${instrument} ${value}`)?.version !== version);
      if (!next || !state.online || state.tab !== "epop" || state.latest?.version !== version || state.latest.sentence === null) return;
      const [instrument, value] = next;
      const answer = await ask("presence", { text, instrument, value, version }).catch(() => null);
      presence.set(`${instrument} ${value}`, { version, answer });
      update();
    }
  } finally {
    asking = false;
  }
}

afterReading(() => setTimeout(count, 300));

/** How many files the value changes, in words. */
function effect(instrument, value) {
  const { answer, version } = presence.get(`${instrument} ${value}`) ?? {};
  if (!answer) return nothing;
  const { with: narrowed, now, without = now } = answer;
  const words =
    narrowed === without
      ? `${formats.count(narrowed, "file")} either way`
      : `${formats.count(narrowed, "file")} with it, ${without.toLocaleString("en")} without it`;
  return html`<span class=${version === state.version ? "" : "late"}>${words}</span>`;
}

function toggle(event, instrument, value, mine) {
  const on = event.target.checked;
  const edited = on
    ? edit({ kind: "enter", typed: `${instrument} ${value}` })
    : editDrawn({ kind: "drop", references: mine.map(({ number }) => String(number)) });
  wish(`${instrument} ${value}`, on, edited);
}

function valueRow(instrument, { name, description, confirmed }) {
  const mine = state.good?.form.constraints.filter(
    ({ tab, head, value }) => tab === "instrument" && head === instrument && value?.value === name,
  ) ?? [];
  const isOn = isTicked(`${instrument} ${name}`, mine.length > 0);
  return html`<tr class=${isOn ? "chosen" : ""}>
    <td>
      <label class="cell">
        <input type="checkbox" .checked=${live(isOn)} @change=${(event) => toggle(event, instrument, name, mine)} />
        <code>${name}</code>
      </label>
    </td>
    <td class="prose">${description}</td>
    <td>${mine.map(({ number }) => html`<span class="number">${number}</span> `)}</td>
    <td class="remark">${effect(instrument, name)}</td>
    <td>${confirmation(confirmed)}</td>
  </tr>`;
}

function instruments() {
  const { instruments: all } = state.setting.vocabulary;
  const chosen = selected()?.tab === "instrument" ? selected().head : null;
  const first = state.good?.form.constraints.find(({ tab }) => tab === "instrument")?.head;
  const current = all.find(({ name }) => name === (chosen ?? view.instrument ?? first)) ?? all.find(({ name }) => name === "fai") ?? all[0];
  if (chosen) view.instrument = chosen;
  wanted = state.setting.mode === "upstream" ? [] : current.values.map(({ name }) => [current.name, name]);
  queueMicrotask(count);
  const used = (name) => state.good?.form.constraints.filter(({ tab, head }) => tab === "instrument" && head === name).length ?? 0;
  return html`
    <fieldset class="choices">
      <legend>Instrument</legend>
      ${all.map(
        ({ name, title }) => html`<label class="choice" title=${title}>
          <input type="radio" name="instrument" .checked=${live(name === current.name)} @change=${() => ((view.instrument = name), select(null))} />
          <span>${name.toUpperCase()}${used(name) ? html` <span class="number">${used(name)}</span>` : nothing}</span>
        </label>`,
      )}
    </fieldset>
    <h3>${current.name.toUpperCase()} <span class="quiet">${current.title}</span></h3>
    <div class="scroll values" tabindex="0" role="group" aria-label="Values of ${current.name}">
      <table>
        <thead>
          <tr>
            <th scope="col">Value</th>
            <th scope="col">Meaning</th>
            <th scope="col">Number</th>
            <th scope="col">Effect on the files</th>
            <th scope="col">Spelling</th>
          </tr>
        </thead>
        <tbody>
          ${current.values.map((value) => valueRow(current.name, value))}
        </tbody>
      </table>
    </div>
    <p class="hint">Several values of one instrument are joined by OR, unless the logic says otherwise.</p>
  `;
}

const PARTS = [
  ["instruments", "Instruments"],
  ["spacecraft", "Position and attitude"],
];

export function spacecraft() {
  const tab = selected()?.tab;
  if (tab === "instrument") view.part = "instruments";
  if (tab === "spacecraft") view.part = "spacecraft";
  return html`
    <fieldset class="choices parts">
      <legend>About</legend>
      ${PARTS.map(
        ([id, title]) => html`<label class="choice">
          <input type="radio" name="part" .checked=${live(view.part === id)} @change=${() => ((view.part = id), select(null))} />
          <span>${title}</span>
        </label>`,
      )}
    </fieldset>
    ${view.part === "instruments" ? instruments() : fieldGroups("spacecraft", "Group")}
  `;
}
