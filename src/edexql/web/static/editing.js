// The editor in the page: where it comes from, what it asks for, and its marks.

import { ask } from "./api.js";
import { state, subscribe } from "./state.js";

/** Put the editor into `parent`; `onChange(text)` is called for every change, by whom ever. */
export async function mountEditor(parent, doc, onChange) {
  const [{ createEditor }, tables] = await Promise.all([
    import("./editor.js"),
    fetch(new URL("./tables.json", import.meta.url)).then((response) => response.json()),
  ]);
  const editor = createEditor(parent, {
    doc,
    onChange,
    complete,
    tables,
    label: "Query text",
    describedBy: "summary",
    placeholder: "product fai-lv1-hdf5-images\ndate 2019-05-01\nfai has-data",
  });
  let marked = null;
  subscribe(({ latest, version, text }) => {
    if (latest === marked || latest?.version !== version) return;
    marked = latest;
    // Of a query that is not begun yet nothing is wrong.
    editor.setDiagnostics(text.trim() ? latest.diagnostics : []);
    if (latest.form) editor.setMarks(numbers(latest.form));
  });
  return editor;
}

/** Numbers of constraints, beside the lines on which they begin. */
function numbers({ constraints, off }) {
  return [
    ...constraints.map(({ number, from, text }) => ({ from, label: String(number), title: `constraint ${number}: ${text}` })),
    ...off.map(({ from, text }) => ({ from, label: "off", title: `switched off: ${text}`, kind: "off" })),
  ].sort((a, b) => a.from - b.from);
}

async function complete(text, position) {
  try {
    const { candidates } = await ask("complete", { text, position, version: state.version });
    return candidates;
  } catch {
    return [];
  }
}
