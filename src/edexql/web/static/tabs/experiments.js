// Planned Experiment Constraints: groups of experiments and their tags.

import { edit, editDrawn, isTicked, wish } from "../edits.js";
import { corrected, describedBy, fault, faultOf } from "../faults.js";
import { quoted } from "../formats.js";
import { html, live, nothing } from "../lit-html.js";
import { state, update } from "../state.js";
import { confirmation } from "./products.js";

const PLACE = "experiment";
const view = { group: null, words: "", own: { group: "", tag: "" } };

const constraintsOf = (group, tag) =>
  state.good?.form.constraints.filter(({ tab, value }) => tab === "experiment" && value?.group === group && value?.tag === tag) ?? [];

function toggle(event, group, tag, mine) {
  const on = event.target.checked;
  const edited = on
    ? edit({ kind: "enter", typed: `experiment ${quoted(group)} > ${quoted(tag)}` })
    : editDrawn({ kind: "drop", references: mine.map(({ number }) => String(number)) });
  wish(`experiment ${group} > ${tag}`, on, edited);
}

function row(group, { name, description, confirmed }) {
  const mine = constraintsOf(group, name);
  const isOn = isTicked(`experiment ${group} > ${name}`, mine.length > 0);
  return html`<tr class=${isOn ? "chosen" : ""}>
    <td>
      <label class="cell">
        <input type="checkbox" .checked=${live(isOn)} @change=${(event) => toggle(event, group, name, mine)} />
        ${name}
      </label>
    </td>
    <td class="prose">${description ?? ""}</td>
    <td>${mine.map(({ number }) => html`<span class="number">${number}</span> `)}</td>
    <td>${confirmation(confirmed)}</td>
  </tr>`;
}

async function add(event) {
  event.preventDefault();
  const { group, tag } = view.own;
  if (group && tag && (await edit({ kind: "enter", typed: `experiment ${quoted(group)} > ${quoted(tag)}` }, PLACE))) {
    view.own = { group: "", tag: "" };
    update();
  }
}

const own = (key, label) => html`<label>
  ${label}
  <input
    .value=${live(view.own[key])}
    autocomplete="off"
    aria-invalid=${faultOf(PLACE) ? "true" : "false"}
    aria-describedby=${describedBy(PLACE)}
    @input=${(event) => ((view.own[key] = event.target.value), corrected(PLACE), update())}
  />
</label>`;

/** Groups and tags of the query that the vocabulary does not have are shown with the others. */
function known() {
  const groups = new Map(state.setting.vocabulary.experiments.map(({ name, tags }) => [name, [...tags]]));
  for (const { tab, value } of state.good?.form.constraints ?? []) {
    if (tab !== "experiment" || !value) continue;
    const tags = groups.get(value.group) ?? [];
    if (!tags.some(({ name }) => name === value.tag)) tags.push({ name: value.tag, confirmed: false });
    groups.set(value.group, tags);
  }
  return groups;
}

export function experiments() {
  const groups = known();
  const names = [...groups.keys()];
  const group = names.includes(view.group) ? view.group : names[0];
  const tags = (groups.get(group) ?? []).filter(({ name }) => name.toLowerCase().includes(view.words.toLowerCase()));
  return html`
    <fieldset class="choices">
      <legend>Group</legend>
      ${names.map(
        (name) => html`<label class="choice">
          <input type="radio" name="experiment-group" .checked=${live(name === group)} @change=${() => ((view.group = name), update())} />
          <span>${name}</span>
        </label>`,
      )}
    </fieldset>
    ${(groups.get(group) ?? []).length > 8
      ? html`<div class="filters"><label class="wide">Filter <input type="search" .value=${view.words} @input=${(event) => ((view.words = event.target.value), update())} /></label></div>`
      : nothing}
    <div class="scroll" tabindex="0" role="group" aria-label="Tags of ${group ?? "no group"}">
      <table>
        <thead>
          <tr>
            <th scope="col">Tag</th>
            <th scope="col">What it is</th>
            <th scope="col">Number</th>
            <th scope="col">Spelling</th>
          </tr>
        </thead>
        <tbody>
          ${tags.map((tag) => row(group, tag))}
        </tbody>
      </table>
    </div>
    <h3>Another experiment</h3>
    <form class="row" @submit=${add}>
      ${own("group", "Group")} ${own("tag", "Tag")}
      <div class="buttons"><button ?disabled=${!view.own.group || !view.own.tag}>Add constraint</button></div>
      ${fault(PLACE)}
    </form>
    <p class="hint">Most groups and tags of eDEx are not known here. Names are matched as they are written.</p>
  `;
}
