// Results: files of the query as a table and as pictures, why a file matches, what each constraint contributes.

import { ask } from "../api.js";
import { summary } from "../frame/findings.js";
import { prose } from "../frame/prose.js";
import * as formats from "../formats.js";
import { icon } from "../icons.js";
import { html, live, nothing } from "../lit-html.js";
import { isCurrent, say, sentenceOf, state, update } from "../state.js";
import { picture } from "./pictures.js";
import { delivery, rest } from "./requests.js";
import { fileTable, resetTicks, ticked } from "./table.js";

const view = { part: "files", why: null };

/** What can be shown of an answer; an eDEx lists its files alone. */
function parts({ mode, pictures }) {
  const ofCatalogue = [["influence", "Influence"], ...pictures.map(({ kind, title }) => [kind, title])];
  return [["files", "Files"], ...(mode === "upstream" ? [] : ofCatalogue), ["delivery", "Request and download"]];
}

async function explain(file) {
  view.why = { file, version: state.version };
  update();
  try {
    const why = await ask("why", { text: state.text, file, version: state.version });
    if (view.why?.file === file) view.why = { file, version: state.version, why };
  } catch (error) {
    if (view.why?.file === file) view.why = null;
    say(sentenceOf(error), "error");
  }
  update();
  requestAnimationFrame(() => document.getElementById("why")?.focus());
}

function closeWhy() {
  view.why = null;
  update();
  requestAnimationFrame(() => document.getElementById("files-grid")?.focus());
}

function whyFile() {
  if (!view.why) return nothing;
  const { file, why, version } = view.why;
  return html`<section class="why" id="why" tabindex="-1" aria-label="Why ${file}" @keydown=${(event) => event.key === "Escape" && closeWhy()}>
    <div class="bar">
      <h3>Why <code>${file}</code>${version === state.version ? nothing : html` <span class="quiet">of an earlier text</span>`}</h3>
      <button class="small" @click=${closeWhy}>Close</button>
    </div>
    ${why ? whyTable(why) : html`<p class="quiet">Asking.</p>`}
  </section>`;
}

const WHOLE = { matched: "matches", "not matched": "does not match" };
const STATES = { matched: "matched", "not matched": "not matched", unknown: "no information" };

const styleOf = (how) => how.replace(" ", "-");

function nearestOf({ state: how, nearest, apart }) {
  if (how === "matched" || !nearest) return "";
  return `${formats.moment(nearest[0])}${apart ? `, ${formats.duration(Math.abs(apart))} ${apart < 0 ? "before" : "after"}` : ""}`;
}

function whyTable({ whole, constraints, remarks }) {
  return html`
    <p>
      The file <span class="state ${styleOf(whole.state)}">${WHOLE[whole.state] ?? "may match: there is no information"}</span>${whole.matched ? `, for ${formats.duration(whole.matched)}` : ""}.
      ${remarks.join(" ")}
    </p>
    <div class="scroll reasons" tabindex="0" role="group" aria-label="Constraints for this file">
      <table>
        <thead>
          <tr>
            <th scope="col" class="count">Number</th>
            <th scope="col">Constraint</th>
            <th scope="col">State</th>
            <th scope="col" class="count">Matched</th>
            <th scope="col">Nearest match (UTC)</th>
            <th scope="col">Without it</th>
          </tr>
        </thead>
        <tbody>
          ${constraints.map(
            (each) => html`<tr>
              <td class="count">${each.number}</td>
              <td><code>${each.text}</code></td>
              <td><span class="state ${styleOf(each.state)}">${STATES[each.state] ?? each.state}</span></td>
              <td class="count" data-title="for">${each.matched ? formats.duration(each.matched) : ""}</td>
              <td data-title="nearest match">${nearestOf(each)}</td>
              <td data-title="without it">${each.decisive ? "the result changes" : ""}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
}

const files = (number) => (number ? formats.count(number, "file") : "–");

function influence() {
  const late = state.influenceOf !== state.version;
  if (!state.influence) return html`<p class="quiet">${state.setting.mode === "upstream" ? "Influence needs a catalogue." : "No influence of constraints is known at the moment."}</p>`;
  const { parts, whole } = state.influence;
  const constraints = state.good?.form.constraints ?? [];
  return html`<p class="quiet">The query gives ${formats.count(whole.files, "file")}${whole.seconds ? `, ${formats.duration(whole.seconds)} in which files of them match` : ""}.</p>
    <div class="scroll reasons ${late ? "late" : ""}" tabindex="0" role="group" aria-label="Influence of constraints">
      <table>
        <thead>
          <tr>
            <th scope="col" class="count">Number</th>
            <th scope="col">Constraint</th>
            <th scope="col">Remark</th>
            <th scope="col" class="count">Without it</th>
            <th scope="col" class="count">Alone</th>
            <th scope="col" class="count">Keeps out</th>
            <th scope="col" class="count">Lets in</th>
          </tr>
        </thead>
        <tbody>
          ${parts.map(
            ({ number, text, remark, without, alone, keepsOut, letsIn }) => html`<tr>
              <td class="count">${number ?? ""}</td>
              <td><code>${constraints[number - 1]?.text ?? text}</code></td>
              <td>${remark}</td>
              ${[["without it", without], ["alone", alone], ["keeps out", keepsOut], ["lets in", letsIn]].map(([title, part]) => html`<td class="count" data-title=${title}>${part && typeof part === "object" ? files(part.files) : files(part)}</td>`)}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function body() {
  if (view.part === "influence") return influence();
  if (view.part === "delivery") return delivery(ticked());
  if (view.part === "files") {
    return html`${rest()}${state.answer ? fileTable(state.answer, { explain: state.setting.mode === "upstream" ? null : explain }) : nothing}${whyFile()}`;
  }
  return picture(view.part);
}

/** Simulated data are not to be taken for measurements. */
const synthetic = () => html`<p class="banner warning">
  ${icon("warning")} <span><strong>SYNTHETIC data.</strong> This catalogue was simulated: nothing here was measured.</span>
</p>`;

export function results() {
  const { answer, trouble, setting } = state;
  if (answer) resetTicks(answer);
  const late = state.answerOf !== state.version || !isCurrent();
  const own = parts(setting);
  if (!own.some(([id]) => id === view.part)) view.part = "files";
  return html`
    ${answer?.synthetic ? synthetic() : nothing}
    <p class="total ${late ? "late" : ""}">${summary()}</p>
    ${trouble?.help ? html`<p class="hint">${prose(trouble.help)}</p>` : nothing}
    ${answer?.emptiness ? html`<p class="banner warning"><span>${prose(answer.emptiness)}</span></p>` : nothing}
    ${answer?.notes?.length ? html`<div>${answer.notes.map((note) => html`<p class="hint">${prose(note)}</p>`)}</div>` : nothing}
    <fieldset class="choices parts">
      <legend>Show</legend>
      ${own.map(
        ([id, title]) => html`<label class="choice">
          <input type="radio" name="results-part" .checked=${live(view.part === id)} @change=${() => ((view.part = id), update())} /> <span>${title}</span>
        </label>`,
      )}
    </fieldset>
    <div class="stack ${late && answer ? "late" : ""}">${body()}</div>
  `;
}
