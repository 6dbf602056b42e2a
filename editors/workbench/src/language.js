// Colours, brackets and folding by the parser of the language, which runs in the browser on the tables of its grammar.

import {codeFolding, foldGutter, foldService} from "@codemirror/language";
import {RangeSetBuilder, StateField} from "@codemirror/state";
import {Decoration, ViewPlugin} from "@codemirror/view";

import {load} from "./parser.js";

// Parts that were switched off stand in comments that begin so.
const OFF = /^# off:/;

/** What the parser says of one text; brackets and folds only when they are asked for. */
class Reading {
  constructor(parser, text) {
    this.parser = parser;
    this.text = text;
    this.tokens = parser.tokens(text);
  }

  get brackets() {
    return (this.bracketsRead ??= this.parser.brackets(this.text));
  }

  /** The longest fold that begins in a line. */
  fold(from, to) {
    const folds = (this.foldsRead ??= this.parser.folds(this.text));
    let longest = null;
    for (let i = firstFrom(folds, (fold) => fold.from >= from); i < folds.length && folds[i].from <= to; i++) {
      if (folds[i].to > to && (!longest || folds[i].to > longest.to)) longest = folds[i];
    }
    return longest;
  }
}

export function language(tables) {
  const parser = load(tables);
  const reading = StateField.define({
    create: (state) => new Reading(parser, state.doc.toString()),
    update: (value, transaction) => transaction.docChanged ? new Reading(parser, transaction.newDoc.toString()) : value,
  });
  return [
    reading,
    ViewPlugin.define((view) => new Shown(view, reading, coloured), {decorations: (shown) => shown.decorations}),
    ViewPlugin.define((view) => new Shown(view, reading, matched), {decorations: (shown) => shown.decorations}),
    foldService.of((state, from, to) => state.field(reading).fold(from, to)),
    codeFolding({placeholderText: "…"}),
    foldGutter(),
  ];
}

/** Decorations of what is seen, made again when what they are of has changed. */
class Shown {
  constructor(view, reading, make) {
    this.reading = reading;
    this.make = make;
    this.decorations = make(view, view.state.field(reading));
  }

  update({view, docChanged, viewportChanged, selectionSet}) {
    if (docChanged || viewportChanged || (selectionSet && this.make === matched)) {
      this.decorations = this.make(view, view.state.field(this.reading));
    }
  }
}

const styles = new Map();

function styled(name) {
  if (!styles.has(name)) styles.set(name, Decoration.mark({class: name}));
  return styles.get(name);
}

function coloured(view, {tokens, text}) {
  const made = new RangeSetBuilder();
  for (const {from, to} of view.visibleRanges) {
    for (let i = firstFrom(tokens, (token) => token.to > from); i < tokens.length && tokens[i].from < to; i++) {
      const token = tokens[i];
      if (!token.style) continue;
      const off = token.style === "comment" && OFF.test(text.slice(token.from, token.from + 6));
      made.add(token.from, token.to, styled(off ? "edq-comment edq-off" : `edq-${token.style}`));
    }
  }
  return made.finish();
}

/** The bracket at the caret and its partner. */
function matched(view, reading) {
  const found = [];
  for (const {head, empty} of view.state.selection.ranges) {
    if (!empty || !/[()[\]{}]/.test(reading.text.slice(Math.max(head - 1, 0), head + 1))) continue;
    const brackets = reading.brackets, i = firstFrom(brackets, ({from}) => from >= head - 1);
    // The one before the caret first, as it was written last.
    const bracket = brackets[i]?.from <= head ? brackets[i] : undefined;
    if (!bracket) continue;
    if (bracket.match < 0) found.push([bracket.from, "edq-unmatched"]);
    else found.push([bracket.from, "edq-matching"], [bracket.match, "edq-matching"]);
  }
  return Decoration.set(found.map(([from, style]) => styled(style).range(from, from + 1)), true);
}

/** The first index of a sorted list where a condition begins to hold. */
function firstFrom(list, holds) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}
