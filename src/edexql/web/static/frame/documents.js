// The query as a document: open, save, download, share, paste.

import * as address from "../address.js";
import { ask, setting } from "../api.js";
import { become, focusEditor } from "../edits.js";
import { icon } from "../icons.js";
import { html, nothing } from "../lit-html.js";
import { asInEditor, say, sentenceOf, state, update } from "../state.js";

const LARGEST = 4_000_000;
const TARGETS = [
  { target: "edq", title: "Query (.edq)" },
  { target: "json", title: "Parameter dictionary (JSON)" },
  { target: "curl", title: "curl command" },
  { target: "python", title: "Python script" },
];

const file = { name: null };
let offer = null;

const isWritable = () => Boolean(state.setting?.writes && state.setting.file && state.token);

export function names() {
  // What Save writes to is named, not what the text was opened from.
  const target = isWritable() ? state.setting.file.name : null;
  const name = target ?? file.name ?? state.setting?.file?.name;
  const from = target && file.name && file.name !== target ? file.name : null;
  document.title = name ? `${name} – edexql workbench` : "edexql workbench";
  const changed = name && state.savedText !== null && state.savedText !== state.text;
  return html`${name ? html`<span class="filename">${name}</span>${from ? html` <span class="quiet">with the text of ${from}</span>` : nothing}${changed ? html` <span class="quiet">(changed)</span>` : nothing}` : nothing}
    ${state.setting ? html`<span class="quiet engine" title=${state.setting.program}>${engine()}</span>` : nothing}
    ${state.setting?.catalogue?.synthetic ? html`<span class="tag synthetic">${icon("warning")} SYNTHETIC data</span>` : nothing}`;
}

function engine() {
  const { mode, upstream, catalogue } = state.setting;
  return mode === "upstream" ? `Answers from ${upstream ?? "eDEx"}` : `Answers from ${catalogue?.title ?? "the catalogue of this service"}`;
}

// ---- open

async function open(chosen) {
  if (!chosen) return;
  if (chosen.size > LARGEST) {
    say(`${chosen.name} is too large for a query`, "error");
    return;
  }
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await chosen.arrayBuffer());
  } catch {
    say(`${chosen.name} is no text: a query is UTF-8`, "error");
    return;
  }
  await take(text, chosen.name);
}

/** A text from outside: a query as it stands, anything else as what `import` makes of it. */
async function take(text, name) {
  let query = asInEditor(text.replace(/^\ufeff/, ""));
  if (!/\.edq$/i.test(name ?? "") && looksForeign(query)) {
    try {
      query = (await ask("import", { text: query })).text;
    } catch (error) {
      say(`${name}: ${sentenceOf(error)}`, "error");
      return;
    }
  }
  become(query);
  file.name = name;
  if (!isWritable()) update({ savedText: query });
  focusEditor();
  say(isWritable() && name !== state.setting.file.name ? `opened ${name}; Save writes it to ${state.setting.file.name}` : `opened ${name}`);
}

/** JSON, a Python script or dictionary, a curl command: a text that is not edq at the first look. */
export const looksForeign = (text) =>
  /^\s*[{[]/.test(text) || /^\s*(curl|import|from)\s/m.test(text) || (/["']product["']\s*:/.test(text) && /[{}]/.test(text));

// ---- save, download, share

async function save() {
  if (!isWritable()) return download("edq");
  const { text } = state;
  try {
    const { digest } = await ask("save", { text, digest: state.digest }, { token: state.token });
    update({ savedText: text, digest });
    address.keepBasis(digest);
    address.keepSaved(digest);
    say(`saved ${state.setting.file.name}`);
  } catch (error) {
    const writer = error.status === 409 ? await otherTab() : null;
    if (writer) say(`not saved: ${writer} saved ${state.setting.file.name} since it was read; reload the page to see that text: undo brings this one back`, "error");
    else say(`not saved: ${sentenceOf(error)}`, "error");
  }
}

/** Another tab of this browser that saved the file as it is, in words; null where it was not one. */
async function otherTab() {
  const digest = (await setting(state.token).catch(() => null))?.file?.digest ?? null;
  if (digest === null || digest === state.digest) return null;
  const writer = address.writerOf(digest);
  return writer.includes("tab") ? writer : null;
}

async function download(target) {
  try {
    const { name, type, text } = await ask("compile", { text: state.text, target, version: state.version });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
    link.download = target === "edq" && file.name ? file.name : name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    say(`downloaded ${link.download}`);
  } catch (error) {
    say(`nothing to download: ${sentenceOf(error)}`, "error");
  }
}

async function copyLink() {
  const link = address.link(state.text, state.tab);
  try {
    await navigator.clipboard.writeText(link);
    say("copied the link to this query");
  } catch {
    prompt("The link to this query", link);
  }
}

function closeMenu(event) {
  const menu = event.target.closest("details");
  if (event.type === "keydown" && event.key !== "Escape") return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

/** Leaving the menu with Tab or by a click elsewhere closes it. */
function leaveMenu(event) {
  if (!event.currentTarget.contains(event.relatedTarget)) event.currentTarget.open = false;
}

export function documents() {
  return html`<div class="documents" role="group" aria-label="The query as a document">
    <button @click=${() => document.getElementById("file").click()}>Open</button>
    <input id="file" type="file" class="hidden" tabindex="-1" aria-hidden="true" accept=".edq,.json,.py,.txt,.sh" @change=${(event) => (open(event.target.files[0]), (event.target.value = ""))} />
    <button @click=${save} title=${isWritable() ? "Save to the file" : "Download as .edq"}>Save</button>
    <details class="menu" @keydown=${closeMenu} @focusout=${leaveMenu}>
      <summary>Download</summary>
      <ul>
        ${TARGETS.map(
          ({ target, title }) => html`<li><button class="plain" @click=${(event) => (closeMenu(event), download(target))}>${title}</button></li>`,
        )}
      </ul>
    </details>
    <button @click=${copyLink}>Copy link</button>
    ${offer
      ? html`<dialog class="offer" id="offer" aria-labelledby="offer-title" @close=${() => ((offer = null), update())}>
          <h2 id="offer-title">Turn it into a query?</h2>
          <p>What you pasted is a parameter dictionary or a script. As a query it is:</p>
          <pre tabindex="0">${offer.text}</pre>
          <p class="buttons">
            <button class="primary" autofocus @click=${accept}>Replace the query</button>
            <button @click=${pasteAnyway}>Paste as it is</button>
            <button @click=${() => document.getElementById("offer").close()}>Cancel</button>
          </p>
        </dialog>`
      : nothing}
  </div>`;
}

// ---- paste, drop, keys

function accept() {
  const { text } = offer;
  document.getElementById("offer").close();
  become(text);
  focusEditor();
  say("the query is now what you pasted; undo brings the earlier one back");
}

function pasteAnyway() {
  const { pasted } = offer;
  document.getElementById("offer").close();
  focusEditor();
  document.execCommand("insertText", false, pasted);
}

async function onPaste(event) {
  if (!event.target.closest?.("#editor")) return;
  const pasted = event.clipboardData?.getData("text/plain") ?? "";
  if (pasted.length > LARGEST || !looksForeign(pasted)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  try {
    const { text } = await ask("import", { text: pasted });
    offer = { text, pasted };
    update();
    requestAnimationFrame(() => document.getElementById("offer")?.showModal());
  } catch {
    // It is no dictionary after all.
    document.execCommand("insertText", false, pasted);
  }
}

function onDrop(event) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  event.stopPropagation();
  document.documentElement.classList.remove("dropping");
  open(event.dataTransfer.files[0]);
}

function onDrag(event) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  document.documentElement.classList.toggle("dropping", event.type !== "dragleave" || event.relatedTarget !== null);
}

export function listenForDocuments() {
  addEventListener("paste", onPaste, { capture: true });
  addEventListener("drop", onDrop, { capture: true });
  addEventListener("dragover", onDrag);
  addEventListener("dragleave", onDrag);
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      save();
    }
  });
  addEventListener("beforeunload", (event) => {
    if (isWritable() && (state.savedText ?? "") !== state.text) event.preventDefault();
  });
}
