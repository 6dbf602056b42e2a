// Files by mail, in the browser and by command: each with what it will do, before it does it.

import { ask } from "../api.js";
import { edit } from "../edits.js";
import { corrected, describedBy, fault, faultOf, wrong } from "../faults.js";
import * as formats from "../formats.js";
import { prose } from "../frame/prose.js";
import { icon } from "../icons.js";
import { html, live, nothing } from "../lit-html.js";
import { say, sentenceOf, state, update } from "../state.js";

const view = { email: null, dry: null, dryOf: null, sending: false, repeat: null, outbox: null, ledger: null, plan: null, planOf: null, asking: false };

const PLACE = "email";

const stamp = (files) => `${state.version} ${files.length} ${files.at(0)} ${files.at(-1)}`;
const emailOf = () => view.email ?? state.good?.form.email?.address ?? "";

// ---- request by mail

function cannot() {
  if (!state.setting.mail) return "Nobody here sends files by mail: this workbench has no archive and asks no eDEx. Start it with `--archive` or with `--upstream`.";
  if (!state.token || !state.setting.writes) return "Requests from this page need the token of `edexql workbench`: start it on your machine and open the address that it prints.";
  return null;
}

async function request(files, dry, again = false) {
  view.sending = true;
  update();
  try {
    const answer = await ask("request", { text: state.text, files, email: emailOf(), dry, again }, { token: state.token });
    if (dry) Object.assign(view, { dry: answer, dryOf: stamp(files) + emailOf() });
    else {
      Object.assign(view, { dry: null, dryOf: null, repeat: null });
      view.outbox = answer.outbox ?? null;
      say(`request ${answer.number ?? ""}: ${answer.answer || "the link comes by mail"}`);
      await readLedger();
    }
    corrected(PLACE);
  } catch (error) {
    view.repeat = error.status === 409 && /`again`/.test(error.help ?? "") ? stamp(files) + emailOf() : null;
    if (view.repeat) say(error.message, "error");
    else if (error.status === 400 || error.status === 422) wrong(PLACE, sentenceOf(error));
    else say(sentenceOf(error), "error");
  }
  view.sending = false;
  update();
}

async function readLedger() {
  try {
    view.ledger = (await ask("requests", null, { method: "GET", token: state.token })).requests;
  } catch {
    view.ledger = [];
  }
  update();
}

function entry({ number, state: how, steps = [], files }) {
  return html`<tr>
    <td class="count">${number}</td>
    <td>${formats.moment(steps[0]?.at)}</td>
    <td>${how ?? steps.at(-1)?.state ?? ""}</td>
    <td class="count">${Array.isArray(files) ? files.length : (files ?? "")}</td>
  </tr>`;
}

function byMail(files) {
  const reason = cannot();
  const isReady = view.dryOf === stamp(files) + emailOf();
  if (!reason && view.ledger === null) {
    view.ledger = [];
    readLedger();
  }
  return html`<section aria-label="By mail">
    <h3>By mail</h3>
    ${reason
      ? html`<p class="quiet">${prose(reason)}</p>`
      : html`<form
            class="row"
            novalidate
            @submit=${(event) => {
              event.preventDefault();
              request(files, !isReady);
            }}
          >
            <label class="wide">
              Your email
              <input
                type="email"
                .value=${live(emailOf())}
                autocomplete="email"
                aria-invalid=${faultOf(PLACE) ? "true" : "false"}
                aria-describedby=${describedBy(PLACE)}
                @input=${(event) => ((view.email = event.target.value), corrected(PLACE), update())}
              />
            </label>
            <div class="buttons">
              <button class="primary" ?disabled=${view.sending || !files.length || !emailOf()}>
                ${isReady ? `Request ${formats.count(files.length, "file")}` : "Check the request"}
              </button>
              ${view.repeat === stamp(files) + emailOf() ? html`<button type="button" ?disabled=${view.sending} @click=${() => request(files, false, true)}>Request them once more</button>` : nothing}
              <button type="button" ?disabled=${!emailOf() || emailOf() === state.good?.form.email?.address} @click=${() => edit({ kind: "email", address: emailOf() }, PLACE)}>Write it into the query</button>
            </div>
            ${fault(PLACE)}
          </form>
          ${isReady ? html`<div class="dry"><p>Nothing has been sent yet. This is what the button sends:</p>${shownDry(view.dry)}</div>` : nothing}
          ${view.ledger?.length
            ? html`<h4>Requests so far</h4>
                <div class="scroll" tabindex="0" role="group" aria-label="Requests so far">
                  <table>
                    <thead><tr><th scope="col" class="count">Number</th><th scope="col">Requested (UTC)</th><th scope="col">State</th><th scope="col" class="count">Files</th></tr></thead>
                    <tbody>${view.ledger.map(entry)}</tbody>
                  </table>
                </div>
                <p class="hint">
                  ${view.outbox ? html`Nobody sends mail here: it is put into <code>${view.outbox}</code>. ` : nothing}
                  When it has come, <code>edexql continue LINK</code> with the link in it downloads, verifies and unpacks the files.
                </p>`
            : nothing}`}
  </section>`;
}

function shownDry({ files, bytes, absent, service, parameters }) {
  return html`<dl class="facts">
      <dt>To</dt><dd><code>${service}</code></dd>
      <dt>Files</dt><dd>${formats.count(files, "file")}${bytes ? `, ${formats.size(bytes)}` : ""}</dd>
      ${absent ? html`<dt>Missing</dt><dd class="remark warning">${formats.count(absent, "file")} of these ${absent === 1 ? "is" : "are"} not in the archive of this service</dd>` : nothing}
      <dt>Mail to</dt><dd>${parameters.email}</dd>
    </dl>
    <details><summary class="plain">The parameter dictionary</summary><pre tabindex="0">${JSON.stringify(parameters, null, 2)}</pre></details>`;
}

// ---- download

async function makePlan(files) {
  const planOf = stamp(files);
  if (view.planOf === planOf || view.asking) return;
  view.asking = true;
  try {
    view.plan = await ask("plan", { text: state.text, files });
  } catch (error) {
    view.plan = { reason: sentenceOf(error) };
  }
  Object.assign(view, { planOf, asking: false });
  update();
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say("copied the command");
  } catch {
    say("the browser does not let the page copy: select the command and copy it", "error");
  }
}

function links(plan) {
  if (!plan.links?.length) return nothing;
  return html`<h4>In the browser</h4>
    <ul class="plain-list">
      ${plan.links.slice(0, 100).map(({ name, href, size }) => html`<li><a href=${href} download>${name}</a> <span class="quiet">${formats.size(size)}</span></li>`)}
    </ul>
    ${plan.links.length > 100 ? html`<p class="hint">and ${plan.links.length - 100} more: use the command</p>` : nothing}`;
}

/** What the archives hold, as far as they are in the archive of this service. */
function unpacking({ unpack }) {
  if (!unpack) return nothing;
  return html`<h4>Unpacked</h4>
    <p>${formats.count(unpack.files, "file")}, ${formats.size(unpack.bytes)}${unpack.more ? `; ${formats.count(unpack.more, "archive")} not looked into` : ""}.</p>
    <ul class="plain-list">
      ${unpack.archives?.map(
        ({ name, files, bytes, refused }) => html`<li>
          <code>${name}</code> <span class="quiet">${formats.count(files, "file")}, ${formats.size(bytes)}</span>
          ${refused.map((reason) => html`<span class="remark warning">${reason}</span>`)}
        </li>`,
      )}
    </ul>`;
}

function byCommand(files) {
  if (files.length) queueMicrotask(() => makePlan(files));
  const { plan } = view;
  return html`<section aria-label="Download">
    <h3>Download</h3>
    ${!files.length
      ? html`<p class="quiet">No file is ticked.</p>`
      : !plan
        ? html`<p class="quiet">Asking.</p>`
        : plan.reason
          ? html`<p class="quiet">${plan.reason}</p>`
          : html`<p>${formats.count(files.length, "file")}${plan.bytes ? `, ${formats.size(plan.bytes)}` : ""}. The command downloads and verifies what is ticked, and resumes after a break.</p>
              <pre tabindex="0">${plan.command}</pre>
              <button class="small" @click=${() => copy(plan.command)}>Copy the command</button>
              ${links(plan)} ${unpacking(plan)}`}
  </section>`;
}

/** Of an answer that is listed in part, only the listed files can be ticked: a command gets them all. */
export function rest() {
  const { answer } = state;
  if (!answer?.all) return nothing;
  const every = answer.files + answer.unknown;
  return html`<section class="why" aria-label="All files">
    <p>
      ${icon("warning")} The query gives ${formats.count(every, "file")}. Only the first ${formats.count(answer.rows.name.length, "file")} are listed here and can
      be ticked. Narrow the query, or get all of them with this command${answer.all.includes(" query.edq ") ? html` (download the query as <code>query.edq</code> first)` : nothing}:
    </p>
    <pre tabindex="0">${answer.all}</pre>
    <div><button class="small" @click=${() => copy(answer.all)}>Copy the command for all files</button></div>
  </section>`;
}

/** What can be done here stands first. */
export function delivery(files) {
  const parts = [byMail(files), byCommand(files)];
  return html`${rest()}<div class="two">${cannot() ? parts.reverse() : parts}</div>`;
}
