// Findings: underlined in the text, marked beside the line, listed by F8 and Ctrl-Shift-M, each with its fixes as buttons.

import {lintGutter, setDiagnostics} from "@codemirror/lint";
import {ChangeSet, StateEffect, StateField} from "@codemirror/state";

const fresh = StateEffect.define();

// What happened to the text since the findings were shown: by this the edits of a fix find their place.
const sinceShown = StateField.define({
  create: (state) => ChangeSet.empty(state.doc.length).desc,
  update(changes, transaction) {
    if (transaction.effects.some((effect) => effect.is(fresh))) return ChangeSet.empty(transaction.newDoc.length).desc;
    return transaction.docChanged ? changes.composeDesc(transaction.changes.desc) : changes;
  },
});

export const diagnosticsShown = [lintGutter(), sinceShown];

/** The transaction that shows findings of the text as it stands. */
export function shownDiagnostics(state, list) {
  const length = state.doc.length;
  const placed = list.map((finding) => {
    const from = Math.min(Math.max(finding.from, 0), length), to = Math.min(Math.max(finding.to, from), length);
    return {
      from,
      to,
      severity: finding.severity,
      message: [finding.message, finding.help].filter(Boolean).join("\n"),
      renderMessage: () => rendered(finding),
      actions: (finding.fixes ?? []).map((fix) => ({name: fix.title.replaceAll("`", ""), apply: (view) => apply(view, fix.edits)})),
    };
  });
  const shown = setDiagnostics(state, placed.sort((a, b) => a.from - b.from || a.to - b.to));
  return {...shown, effects: [shown.effects, fresh.of(null)].flat()};
}

function apply(view, edits) {
  const since = view.state.field(sinceShown);
  // Where someone wrote into the place of a fix, the fix is of a text that is no more.
  if (edits.some(({from, to}) => since.touchesRange(from, to))) return;
  view.dispatch({
    changes: edits.map(({from, to, insert}) => ({from: since.mapPos(from, 1), to: since.mapPos(to, 1), insert})),
    userEvent: "fix",
    scrollIntoView: true,
  });
  view.focus();
}

function rendered({code, message, help, url, notes}) {
  const all = element("div", "edq-finding");
  const first = all.appendChild(prose("edq-finding-message", message));
  if (code) {
    const place = element(url ? "a" : "span", "edq-finding-code", code);
    if (url) Object.assign(place, {href: url, target: "_blank", rel: "noopener"});
    first.append(" ", place);
  }
  for (const note of notes ?? []) {
    const text = typeof note === "string" ? note : note.message;
    if (text) all.append(prose("edq-finding-note", text));
  }
  if (help) all.append(prose("edq-finding-help", help));
  return all;
}

/** Words in which what stands in backticks is code. */
function prose(style, text) {
  const all = element("div", style);
  all.append(...text.split(/(`[^`]+`)/).map((part, at) => (at % 2 ? element("code", "", part.slice(1, -1)) : part)));
  return all;
}

function element(name, style, text) {
  const made = document.createElement(name);
  made.className = style;
  if (text !== undefined) made.textContent = text;
  return made;
}
