// Query Builder: the logic as a tree that is moved by mouse, buttons and keys, and as a line that is typed.

import { edit, editDrawn, reveal } from "../edits.js";
import { corrected, describedBy, fault, faultOf } from "../faults.js";
import { sentence } from "../frame/findings.js";
import { icon } from "../icons.js";
import { html, live, nothing } from "../lit-html.js";
import { isBroken, isCurrent, remarkOn, say, state, update, whenCurrent } from "../state.js";
import { dropped, KEYS, lines, moved, other, withNot } from "./tree.js";

const PLACE = "logic";
const view = { focus: null, marked: new Set(), dragged: null, over: null, typed: null, of: null };

// ---- what can be done with the line in focus, or with those that are marked

function wanted(action, logic, all, line) {
  const { node } = line;
  switch (action) {
    case "negate":
      return { kind: "negate", node: node.id };
    case "operator": {
      const group = node.op === "constraint" || node.op === "not" ? logic.nodes[withNot(logic, all, line).parent] : node;
      return group ? { kind: "operator", node: group.id, operator: other(group.op) } : null;
    }
    case "group": {
      const marked = [...new Set(all.filter(({ key }) => view.marked.has(key)).map((each) => withNot(logic, all, each)))];
      if (marked.length < 2 || !marked.every(({ parent }) => parent === marked[0].parent)) return null;
      const parent = logic.nodes[marked[0].parent];
      if (!parent || parent.children.length === marked.length) return null;
      return { kind: "group", nodes: marked.map((each) => each.node.id), operator: other(parent.op) };
    }
    case "off":
      return switchOff(line);
    case "remove":
      return line.parent === null ? null : { kind: "remove", node: node.id };
    default:
      return moved(logic, all, line, action);
  }
}

/** The group that is none any more when an operator changes: itself, or the one within it that has that operator already. */
function joining(logic, { node, operator }) {
  const around = logic.nodes.find(({ children }) => children.includes(node));
  const inner = logic.nodes[node].children.filter((id) => logic.nodes[id].op === operator);
  if (around?.op === operator) return inner.length ? null : node;
  return inner.length === 1 ? inner[0] : null;
}

const WHY_NOT = {
  group: "mark two or more parts of one group with Space, but not all of them",
  up: "it is the first of its group",
  down: "it is the last of its group",
  out: "it stands at the top already",
  in: "there is no group beside it to move it into",
  operator: "it stands in no group",
  remove: "it is the whole logic: Use the default takes it away",
  off: "it is the whole logic, or stands for several constraints: switch these off one by one",
};

// Keys and buttons take effect one after the other, each in the tree that the one before it left.
const steps = [];
let isWorking = false;

function inTurn(step) {
  steps.push(step);
  if (!isWorking) work();
}

async function work() {
  isWorking = true;
  try {
    while (steps.length) {
      if (await whenCurrent()) await steps.shift()(tree());
      else {
        say("the tree waits until the query can be read again: what was pressed in the meantime is not done", "error");
        steps.length = 0;
      }
    }
  } finally {
    isWorking = false;
  }
}

/** The logic of the present text: {logic, all, line}, `line` the one in focus. */
function tree() {
  const { logic } = state.good.form;
  const all = lines(logic);
  settleFocus(all);
  return { logic, all, line: all.find(({ key }) => key === focusOf(all)) };
}

/** The part that was changed keeps the focus, wherever it stands now; one that is gone leaves it to its neighbour. */
function settleFocus(all) {
  if (!view.refocus) return;
  const { key, leaves, node, place } = view.refocus;
  const isGroup = node.op !== "constraint";
  const now = all.find((each) => each.key === key) ?? all.find((each) => isGroup && each.leaves === leaves && each.node.op !== "constraint");
  view.focus = (now ?? all[Math.min(place, all.length - 1)])?.key;
  view.refocus = null;
  followFocus();
}

const act = (action) => inTurn((present) => perform(action, present));

async function perform(action, { logic, all, line }) {
  if (!line) return;
  if (action === "mark") {
    if (!view.marked.delete(line.key)) view.marked.add(line.key);
    update();
    return;
  }
  const change = wanted(action, logic, all, line);
  if (!change) {
    say(WHY_NOT[action] ?? "nothing to do", "error");
    return;
  }
  const joined = action === "operator" ? joining(logic, change) : null;
  const { focus } = view;
  if (await editDrawn(change)) {
    if (action === "group") view.marked.clear();
    if (joined) {
      view.marked = new Set(all.filter(({ parent }) => parent === joined).map(({ key }) => key));
      say("the group is one with the group around it; its parts are marked: G makes them a group again");
    }
    if (view.focus === focus) view.refocus = { ...line, place: all.indexOf(line) };
    update();
  }
}

// ---- the tree

/** The focus follows within the tree; it is not fetched back from where the user went meanwhile. */
function followFocus() {
  queueMicrotask(() => {
    const { activeElement, body } = document;
    if (activeElement === body || activeElement.closest(".tree")) document.querySelector(".tree [tabindex='0']")?.focus();
  });
}

function focusLine(key) {
  view.focus = key;
  update();
  followFocus();
}

function onKey(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const name = `${event.altKey ? "Alt+" : ""}${key}`;
  if (event.ctrlKey || event.metaKey) return;
  if (KEYS[name]) act(KEYS[name]);
  else if (WAYS.has(name)) inTurn((present) => go(name, present));
  else return;
  event.preventDefault();
}

const WAYS = new Set(["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Home", "End"]);

function go(name, { all, line }) {
  if (!line) return;
  const at = all.indexOf(line);
  let to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[name];
  if (name === "ArrowRight" && line.node.children.length) to = at + 1;
  if (name === "ArrowLeft" && line.parent !== null) to = all.findIndex(({ node }) => node.id === line.parent);
  if (all[to]) focusLine(all[to].key);
}

const focusOf = (all) => (all.some(({ key }) => key === view.focus) ? view.focus : all[0]?.key);

function whereIn(event) {
  const box = event.currentTarget.getBoundingClientRect();
  return (event.clientY - box.top) / box.height;
}

function dragOver(event, logic, all, line) {
  const dragged = all.find(({ key }) => key === view.dragged);
  if (!dragged) return;
  const change = dropped(logic, all, dragged, line, whereIn(event));
  const over = change ? `${line.key} ${change.place ?? "with"}` : null;
  if (change) {
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  }
  if (over !== view.over) update((view.over = over, {}));
}

async function drop(event, logic, all, line) {
  event.preventDefault();
  const dragged = all.find(({ key }) => key === view.dragged);
  const change = dragged && dropped(logic, all, dragged, line, whereIn(event));
  Object.assign(view, { dragged: null, over: null });
  update();
  if (change) await editDrawn(change);
}

const WORDS = { and: ["AND", "all of"], or: ["OR", "any of"], not: ["NOT", ""] };

function remark(constraint) {
  const known = constraint && remarkOn(constraint);
  return known ? html`<span class="remark ${known.late ? "late" : ""}">${known.text}</span>` : nothing;
}

function treeLine(line, logic, all, constraints) {
  const { node, depth, key, at, siblings } = line;
  // A label can stand for several constraints.
  const named = node.numbers.map((number) => constraints[number - 1]).filter(Boolean);
  const [word, meaning] = WORDS[node.op] ?? [];
  const isFocus = key === focusOf(all);
  const over = view.over?.startsWith(`${key} `) ? view.over.slice(key.length + 1) : "";
  return html`<li
    role="treeitem"
    class="line ${node.op} ${over && `over-${over}`} ${view.dragged === key ? "dragged" : ""}"
    style="--depth:${depth}"
    aria-level=${depth + 1}
    aria-posinset=${at + 1}
    aria-setsize=${siblings.length}
    aria-selected=${view.marked.has(key) ? "true" : "false"}
    aria-expanded=${node.children.length ? "true" : nothing}
    tabindex=${isFocus ? 0 : -1}
    draggable=${line.parent === null ? "false" : "true"}
    @click=${() => focusLine(key)}
    @focus=${() => view.focus !== key && update(((view.focus = key), {}))}
    @dragstart=${(event) => {
      view.dragged = key;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", word ?? named.map(({ text }) => text).join(", "));
    }}
    @dragend=${() => update(Object.assign(view, { dragged: null, over: null }) && {})}
    @dragover=${(event) => dragOver(event, logic, all, line)}
    @drop=${(event) => drop(event, logic, all, line)}
  >
    <span class="grip">${icon("grip")}</span>
    ${word
      ? html`<span class="operator">${word}</span> <span class="quiet">${meaning}</span>`
      : html`<span class="number">${node.numbers.join(", ")}</span>
          ${node.label ? html`<span class="label">${node.label}</span>` : nothing}
          <code>${named.map(({ text }) => text).join(", ") || (node.label ?? node.number)}</code> ${named.length === 1 ? remark(named[0]) : nothing}`}
  </li>`;
}

const WAITS = "The text cannot be read at the moment";

function toolbar(logic, all) {
  const line = all.find(({ key }) => key === focusOf(all));
  const waits = isBroken();
  const button = (action, name, label, keys, words) => {
    const able = !waits && line && wanted(action, logic, all, line) !== null;
    return html`<button class="small" aria-disabled=${able ? "false" : "true"} title=${waits ? WAITS : `${label} (${keys})`} aria-label=${words ? nothing : label} @click=${() => act(action)}>
      ${name ? icon(name) : nothing}${words ?? nothing}
    </button>`;
  };
  return html`<div class="toolbar" role="toolbar" aria-label="Change the part in focus">
    ${button("up", "up", "Move up", "Alt+Up")} ${button("down", "down", "Move down", "Alt+Down")}
    ${button("out", "out", "Move out of its group", "Alt+Left")} ${button("in", "into", "Move into the group beside it", "Alt+Right")}
    ${button("negate", null, "Negate", "N", "NOT")} ${button("operator", null, "Change AND to OR, or OR to AND", "O", "AND / OR")}
    ${button("group", null, "Group the marked parts", "G", "Group")} ${button("remove", null, "Take it out of the logic", "Delete", "Take out")}
    <button class="small" aria-disabled=${!waits && line && switchOff(line) ? "false" : "true"} title=${waits ? WAITS : nothing} @click=${() => act("off")}>
      ${icon("off")} Switch off
    </button>
  </div>`;
}

/** A constraint, or a part of the logic with all its operands, becomes a comment. */
function switchOff({ node, parent }) {
  if (node.op === "constraint") return node.numbers.length === 1 ? { kind: "off", number: node.numbers[0] } : null;
  return parent === null || node.from === null ? null : { kind: "off-logic", node: node.id };
}

function unused(constraints, logic) {
  const rest = constraints.filter(({ in_logic: inLogic }) => !inLogic);
  if (!rest.length || logic.kind === "default") return nothing;
  const join = ({ number }) => {
    const { nodes, root, text } = logic;
    const bare = root === null || root === undefined || nodes[root].op !== "or" ? text : `(${text})`;
    return bare ? `${bare} AND ${number}` : String(number);
  };
  return html`<h3>Not in the logic <span class="quiet">not sent</span></h3>
    <ul class="plain-list" data-home tabindex="-1">
      ${rest.map(
        (constraint) => html`<li>
          <span class="number">${constraint.number}</span> ${constraint.label ? html`<span class="label">${constraint.label}</span>` : nothing}
          <code>${constraint.text}</code>
          <button class="small" ?disabled=${isBroken()} @click=${() => editDrawn({ kind: "logic", expression: join(constraint) })}>Join by AND</button>
        </li>`,
      )}
    </ul>`;
}

function switchedOff(off) {
  if (!off.length) return nothing;
  return html`<h3>Switched off</h3>
    <ul class="plain-list" data-home tabindex="-1">
      ${off.map(
        ({ text, label, logic, from }) => html`<li class="switched-off">
          ${label ? html`<span class="label">${label}</span>` : nothing} <code class="clamped" title=${text}>${text}</code> ${logic ? html`<span class="quiet">joined before as</span> <code class="clamped" title=${logic}>${logic}</code>` : nothing}
          <button class="small" ?disabled=${isBroken()} @click=${() => editDrawn({ kind: "on", from })}>Switch on</button>
        </li>`,
      )}
    </ul>`;
}

// ---- the typed line

/** Without its keyword, on one line. */
const expressionOf = ({ text }) => text.replace(/^\s*(logic|where)\s+/i, "");

async function setQuery(event, logic) {
  event.preventDefault();
  const expression = new FormData(event.target).get("logic").trim();
  const fine =
    logic.kind === "where" && expression
      ? await edit({ kind: "enter", typed: `where ${expression}` }, PLACE)
      : await edit({ kind: "logic", expression }, PLACE);
  if (fine) {
    view.typed = null;
    update();
  }
}

function typedLine(logic) {
  if (view.of !== logic.text) {
    Object.assign(view, { of: logic.text, typed: null });
    corrected(PLACE);
  }
  const shown = view.typed ?? expressionOf(logic);
  return html`<form class="row" @submit=${(event) => setQuery(event, logic)}>
    <label class="wide">
      Logic${logic.kind === "where" ? " (where)" : ""}
      <input
        name="logic"
        class="mono"
        spellcheck="false"
        autocomplete="off"
        .value=${live(shown)}
        aria-invalid=${faultOf(PLACE) ? "true" : "false"}
        aria-describedby=${describedBy(PLACE, "logic-hint")}
        @input=${(event) => ((view.typed = event.target.value), corrected(PLACE), update())}
      />
    </label>
    <div class="buttons">
      <button class="primary" ?disabled=${view.typed === null || isBroken()}>Set query</button>
      ${view.typed === null ? nothing : html`<button type="button" @click=${() => ((view.typed = null), corrected(PLACE), update())}>Cancel</button>`}
      ${logic.from === null || logic.from === undefined
        ? nothing
        : html`<button type="button" ?disabled=${isBroken()} title=${isBroken() ? WAITS : nothing} @click=${() => reveal(logic.from, logic.to)}>Show in the text</button>
            <button type="button" ?disabled=${isBroken()} title=${isBroken() ? WAITS : nothing} @click=${() => edit({ kind: "logic", expression: "" })}>Use the default</button>`}
    </div>
    ${fault(PLACE)}
    <p class="hint" id="logic-hint">
      ${logic.kind === "where"
        ? "Constraints themselves or labels, joined by AND, OR, NOT and brackets: (date 2019-05 OR storm) AND kp >= 3. Numbers stand in logic alone."
        : "Numbers or labels, joined by AND, OR, NOT and brackets: (1 OR 2) AND storm."}
      ${logic.kind === "default" ? "The query has no logic yet; this is the default: OR between constraints of one kind, AND between the kinds." : nothing}
    </p>
  </form>`;
}

export function builder() {
  const form = state.good?.form;
  if (!form) return html`<p class="quiet">Nothing has been read yet.</p>`;
  const { logic, constraints, off } = form;
  const all = lines(logic);
  const stale = isBroken();
  if (isCurrent()) settleFocus(all);
  return html`
    <div ?inert=${stale} class="stack" aria-disabled=${stale ? "true" : "false"}>
      ${typedLine(logic)}
      ${all.length
        ? html`${toolbar(logic, all)}
            <ul role="tree" class="tree ${all.length > 200 ? "many" : ""}" aria-label="Logic" aria-multiselectable="true" @keydown=${onKey}>
              ${all.map((line) => treeLine(line, logic, all, constraints))}
            </ul>
            <p class="hint">
              Drag a part between others or into a group; dropped onto a constraint, the two become a group with the other operator. Or use
              the arrow keys: with Alt they move it. Space marks, G groups what is marked, N negates, O changes AND and OR, Delete takes a part
              out of the logic.
            </p>`
        : html`<p class="quiet">Add constraints in the other tabs; here they are joined.</p>`}
      ${unused(constraints, logic)} ${switchedOff(off)}
    </div>
    ${sentence()}
  `;
}
