// The page: header, editor, tabs, constraints; and what ties them to the state.

import * as address from "./address.js";
import { setting } from "./api.js";
import { constraints } from "./frame/constraints.js";
import { documents, listenForDocuments, names } from "./frame/documents.js";
import { become, begin, connect, reveal, undo } from "./edits.js";
import { findings, summary } from "./frame/findings.js";
import { prose } from "./frame/prose.js";
import { icon } from "./icons.js";
import { html, nothing, render } from "./lit-html.js";
import { asInEditor, isBroken, isSettled, reading, say, sentenceOf, show, state, subscribe, textChanged, TOO_LONG, update } from "./state.js";
import { mountEditor } from "./editing.js";
import { builder } from "./tabs/builder.js";
import { dates } from "./tabs/dates.js";
import { experiments } from "./tabs/experiments.js";
import { geophysical } from "./tabs/fields.js";
import { spacecraft } from "./tabs/instruments.js";
import { products } from "./tabs/products.js";
import { results } from "./tabs/results.js";

/** The tabs of eDEx, in its order and with its names; `kinds` are the constraints that a tab makes. */
const TABS = [
  { id: "products", short: "Products", title: "Output Product Selection", view: products, kinds: [] },
  { id: "dates", short: "Dates", title: "Date Constraints", view: dates, kinds: ["date"] },
  { id: "geophysical", short: "Geophysical", title: "Geophysical Constraints", view: geophysical, kinds: ["geophysical"] },
  { id: "epop", short: "e-POP", title: "e-POP Constraints", view: spacecraft, kinds: ["instrument", "spacecraft"] },
  { id: "experiments", short: "Experiments", title: "Planned Experiment Constraints", view: experiments, kinds: ["experiment"] },
  { id: "builder", short: "Query Builder", title: "Query Builder", view: builder, kinds: [] },
  { id: "results", short: "Results", title: "Results", view: results, kinds: [] },
];

const THEME = "edexql-theme";
const root = document.documentElement;

// ---- theme

function theme() {
  return root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

function switchTheme() {
  root.dataset.theme = theme() === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(THEME, root.dataset.theme);
  } catch {
    // A browser that stores nothing forgets the choice.
  }
  update();
}

function rememberTheme() {
  try {
    const chosen = localStorage.getItem(THEME);
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch {
    // As the system has it.
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => update());
}

// ---- tabs

function onTabKey(event) {
  const at = TABS.findIndex(({ id }) => id === state.tab);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const { id } = TABS[(to + TABS.length) % TABS.length];
  show(id);
  document.getElementById(`tab-${id}`).focus();
}

function tabButton({ id, short, title, kinds }) {
  const form = state.good?.form;
  const number = id === "products" ? form?.products.length : form?.constraints.filter(({ tab }) => kinds.includes(tab)).length;
  const selected = id === state.tab;
  return html`<button
    role="tab"
    id="tab-${id}"
    title=${title}
    aria-selected=${selected}
    aria-controls="panel"
    tabindex=${selected ? 0 : -1}
    @click=${() => show(id)}
    @keydown=${onTabKey}
  >
    ${short}${number ? html` <span class="number" aria-label="(${number})">${number}</span>` : nothing}
  </button>`;
}

function panel() {
  const tab = TABS.find(({ id }) => id === state.tab);
  const usable = !isBroken() && state.good !== null && state.setting !== null;
  const alive = usable || tab.id === "results" || tab.id === "builder";
  return html`
    <div class="tabs" role="tablist" aria-label="What the query asks for">${TABS.map(tabButton)}</div>
    <section id="panel" role="tabpanel" aria-labelledby="tab-${tab.id}" tabindex="-1" class="panel">
      <h2>${tab.title}</h2>
      ${isBroken() ? broken() : nothing}
      <div class="form ${usable ? "" : "stale"}" ?inert=${!alive} aria-disabled=${usable ? "false" : "true"}>
        ${state.setting ? tab.view(state) : html`<p class="quiet">Waiting for the service.</p>`}
      </div>
    </section>
  `;
}

function broken() {
  const first = state.latest.diagnostics.find(({ severity }) => severity === "error");
  return html`<p class="banner error" id="broken">
    ${icon("error")}
    <span>The text cannot be read at the moment. ${state.good ? "The forms show the last query that could be read, and wait." : "The forms wait."}</span>
    ${first && first.code !== TOO_LONG
      ? html`<button class="small" @click=${() => reveal(first.from, first.to)}>Go to the mistake</button>`
      : nothing}
    ${first ? html`<span>${prose(first.message)}</span>` : nothing}
  </p>`;
}

// ---- header and status

function header() {
  const dark = theme() === "dark";
  return html`<header class="top">
    <h1><span class="brand">edexql</span> workbench</h1>
    <p class="where">${names()}</p>
    ${documents()}
    <button class="plain icon-only" @click=${switchTheme} aria-label=${dark ? "Use light colours" : "Use dark colours"}>
      ${icon(dark ? "sun" : "moon")}
    </button>
  </header>`;
}

function page() {
  return html`
    ${header()}
    ${state.online
      ? nothing
      : html`<p class="banner warning" role="alert">
          ${icon("warning")} <span>The service does not answer. The text can still be edited; the page tries again every second.</span>
        </p>`}
    <p class="notice ${state.notice?.kind ?? ""}" role="status" id="notice" ?hidden=${!state.notice}>
      ${state.notice
        ? html`<span>${prose(state.notice.text)}</span>
            <button class="plain icon-only" @click=${() => update({ notice: null })} aria-label="Close the notice">${icon("drop")}</button>`
        : nothing}
    </p>
    <main class="columns">
      <section class="query" aria-label="Query text">
        <div class="bar">
          <h2>Query</h2>
          <button class="plain icon-only" @click=${() => undo()} aria-label="Undo the last change of the query" title="Undo (Ctrl-Z)">${icon("undo")}</button>
          <button class="plain icon-only" @click=${() => undo(true)} aria-label="Make the change again" title="Redo (Ctrl-Y)">${icon("redo")}</button>
        </div>
        <div id="editor" tabindex="-1"></div>
        <p class="summary ${state.answering || state.answerOf !== state.version ? "late" : ""}" role="status" id="summary">
          ${summary()}
        </p>
        ${findings()}
      </section>
      <div class="forms">${panel()}</div>
      <aside class="list" aria-label="Constraints">${constraints()}</aside>
    </main>
  `;
}

// ---- keys of the whole page

/** Whether a key is for the text that is being typed, which has an undo of its own. */
const isTyping = (element) => element.closest?.("#editor, textarea, input:not([type=checkbox], [type=radio])") !== null;

function onPageKey(event) {
  if (event.defaultPrevented) return;
  if (event.key === "Escape" && state.notice) update({ notice: null });
  if (!(event.ctrlKey || event.metaKey) || event.altKey || isTyping(event.target)) return;
  const key = event.key.toLowerCase();
  const again = key === "y" || (key === "z" && event.shiftKey);
  if (key !== "z" && !again) return;
  event.preventDefault();
  undo(again);
}

// ---- start

let editor = null;
let shown = null;

function draw() {
  if (shown !== null && shown !== state.tab) address.follow(state.text, state.tab);
  shown = state.tab;
  // Where an edit takes the focused control away, the focus goes to its surroundings, not to the top of the page.
  const focused = document.activeElement;
  const home = focused?.closest?.("[data-home]");
  render(page(), document.getElementById("page"));
  // A button that cannot be pressed any more leaves it to its form.
  if (focused?.disabled) focused.form?.querySelector("input:enabled, select:enabled, button:enabled")?.focus({ preventScroll: true });
  if (home && !focused.isConnected && document.activeElement === document.body) {
    const place = home.isConnected ? home : document.getElementById("panel");
    place.focus({ preventScroll: true });
  }
  root.dataset.settled = String(isSettled());
}

async function start() {
  rememberTheme();
  const token = address.takeToken();
  const given = address.readAddress();
  if (given.tab) state.tab = TABS.some(({ id }) => id === given.tab) ? given.tab : "products";
  state.token = token;
  document.getElementById("page").replaceChildren();
  subscribe(draw);
  draw();
  editor = await mountEditor(document.getElementById("editor"), given.text ?? "", (text, _, how) => {
    if (how === "fix") address.settle();
    textChanged(text);
    if (how === "fix") address.step(text, state.tab);
    else address.follow(text, state.tab);
  });
  state.text = asInEditor(given.text ?? "");
  connect(editor, () => address.step(state.text, state.tab));
  address.onNavigation(({ text, tab }) => {
    become(text ?? "", { deliberate: false });
    update({ tab: tab && TABS.some(({ id }) => id === tab) ? tab : "products" });
  });
  listenForDocuments();
  addEventListener("keydown", onPageKey);
  reading.now();
  await greet(token, given.text);
}

/** Ask the service what it is, until it answers. */
async function greet(token, given) {
  for (;;) {
    try {
      const known = await setting(token);
      update({ setting: known, savedText: asInEditor(known.file?.text ?? null), digest: known.file?.digest ?? null });
      if (known.file?.reason) say(known.file.reason, "error");
      else if (given === null && known.file && !state.text) begin(known.file.text);
      else if (known.file) compareWithFile(known.file);
      address.keepBasis(known.file?.digest ?? null);
      return;
    } catch (error) {
      if (error.status) say(sentenceOf(error), "error");
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

/** Where another program changed the file since the text was made from it, take its text, which undo takes back. */
function compareWithFile({ name, digest, text }) {
  const basis = address.basis();
  if (basis === null || basis === digest || state.text === state.savedText) return;
  if (digest) {
    become(text);
    say(`${address.writerOf(digest)} changed ${name}: this is what it has now; undo brings your own text back, and Save then writes that`, "error");
  } else say(`another program removed ${name}; Save writes it anew`, "error");
}

start();
