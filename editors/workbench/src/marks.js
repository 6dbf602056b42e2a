// Numbers and labels beside the lines, and the part of the text that was pointed at.

import {RangeSet, StateEffect, StateField} from "@codemirror/state";
import {Decoration, EditorView, gutter, GutterMarker} from "@codemirror/view";

class Mark extends GutterMarker {
  constructor(label, title, kind) {
    super();
    Object.assign(this, {label, title, kind});
  }

  eq(other) {
    return this.label === other.label && this.title === other.title && this.kind === other.kind;
  }

  toDOM() {
    const shown = document.createElement("span");
    shown.className = `edq-mark edq-mark-${this.kind}`;
    shown.textContent = this.label;
    if (this.title) shown.title = this.title;
    return shown;
  }
}

/** Takes [{from, label, title, kind}]; those of one line stand together. */
export const numbered = StateEffect.define();

const marks = StateField.define({
  create: () => RangeSet.empty,
  update(value, transaction) {
    let now = value.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(numbered)) now = placed(transaction.state.doc, effect.value);
    return now;
  },
});

function placed(doc, list) {
  const lines = new Map();
  for (const {from, label, title, kind = "number"} of list) {
    const at = doc.lineAt(Math.min(Math.max(from, 0), doc.length)).from;
    const before = lines.get(at);
    lines.set(at, before
      ? new Mark(`${before.label} ${label}`, [before.title, title].filter(Boolean).join("\n"), before.kind)
      : new Mark(String(label), title, kind));
  }
  return RangeSet.of([...lines].map(([at, mark]) => mark.range(at)), true);
}

export const marksShown = [
  marks,
  gutter({class: "edq-marks", markers: (view) => view.state.field(marks)}),
];

/** Takes {from, to} of the part to mark. */
export const revealed = StateEffect.define();

const pointedAt = Decoration.mark({class: "edq-revealed"});

export const revealedShown = StateField.define({
  create: () => Decoration.none,
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(revealed)) continue;
      const {from, to} = effect.value;
      return from < to ? Decoration.set([pointedAt.range(from, to)]) : Decoration.none;
    }
    return transaction.docChanged || transaction.selection ? Decoration.none : value;
  },
  provide: (field) => EditorView.decorations.from(field),
});
