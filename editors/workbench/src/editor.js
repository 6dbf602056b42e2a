// The editor of the workbench: CodeMirror with what the language of edexql needs. See README.md for its interface.
//
// Offsets are UTF-16 units of the text. The text has "\n" between its lines, whatever the file had.

import {acceptCompletion, autocompletion, closeCompletion, completionKeymap, completionStatus, selectedCompletionIndex,
        setSelectedCompletion, startCompletion} from "@codemirror/autocomplete";
import {defaultKeymap, history, historyKeymap, insertNewlineKeepIndent, isolateHistory, redo,
        undo} from "@codemirror/commands";
import {foldKeymap} from "@codemirror/language";
import {lintKeymap} from "@codemirror/lint";
import {highlightSelectionMatches, search, searchKeymap} from "@codemirror/search";
import {Compartment, EditorSelection, EditorState, Prec, Transaction} from "@codemirror/state";
import {crosshairCursor, drawSelection, dropCursor, EditorView, highlightActiveLine, highlightActiveLineGutter,
        highlightSpecialChars, keymap, lineNumbers, placeholder as placeholderText, rectangularSelection} from "@codemirror/view";

import {completionSource} from "./completion.js";
import {diagnosticsShown, shownDiagnostics} from "./diagnostics.js";
import {language} from "./language.js";
import {marksShown, numbered, revealed, revealedShown} from "./marks.js";
import {theme} from "./theme.js";

// Every edit that does not come from the keyboard bears one of these, or what the caller says.
const BY_FORM = "form", BY_LOADING = "load";

/**
 * Makes an editor inside an element.
 *
 * Options:
 *   doc          the text to begin with
 *   onChange     (text, edits, userEvent) after each change; edits are [{from, to, insert}] of the text before it
 *   onSelection  ({from, to, head}) after the caret moved
 *   complete     (text, position) -> Promise of [{text, from, to, detail}]
 *   tables       the content of tables.json: without it there are no colours
 *   marks        [{from, to, label, title, kind}]: what setMarks takes
 *   label        the name that a screen reader says
 *   describedBy  the id of an element that describes the editor
 *   placeholder  what an empty editor shows
 *   readOnly     whether nobody can write in it
 *   nonce        of the Content-Security-Policy, for the styles
 */
export function createEditor(parent, options = {}) {
  const writable = new Compartment();
  const attributes = {"aria-label": options.label ?? "Query text", spellcheck: "false", autocapitalize: "off",
                      autocorrect: "off", tabindex: "0", ...(options.describedBy ? {"aria-describedby": options.describedBy} : {})};
  const view = new EditorView({
    parent,
    doc: options.doc ?? "",
    extensions: [
      theme,
      options.nonce ? EditorView.cspNonce.of(options.nonce) : [],
      writable.of(EditorState.readOnly.of(Boolean(options.readOnly))),
      EditorView.contentAttributes.of(attributes),
      options.placeholder ? placeholderText(options.placeholder) : [],
      lineNumbers(),
      marksShown,
      options.tables ? language(options.tables) : [],
      diagnosticsShown,
      revealedShown,
      history(),
      highlightSpecialChars(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      highlightSelectionMatches(),
      drawSelection(),
      dropCursor(),
      rectangularSelection(),
      crosshairCursor(),
      search({top: true}),
      EditorState.allowMultipleSelections.of(true),
      EditorState.languageData.of(() => [{commentTokens: {line: "#"}}]),
      EditorView.lineWrapping,
      options.complete
        ? autocompletion({override: [completionSource(options.complete, Object.keys(options.tables?.words ?? {}))],
                          selectOnOpen: false, icons: false, interactionDelay: 0, maxRenderedOptions: 100})
        : [],
      Prec.high(keymap.of([{key: "Enter", run: insertNewlineKeepIndent, shift: insertNewlineKeepIndent}])),
      Prec.highest(keymap.of([{key: "Tab", run: acceptFirst}])),
      Prec.highest(keymap.of([{key: "Enter", run: acceptSelected}])),
      keymap.of([...completionKeymap, ...lintKeymap, ...searchKeymap, ...foldKeymap, ...historyKeymap,
                 ...defaultKeymap]),
      EditorView.updateListener.of((update) => report(update, options)),
    ],
  });

  function dispatch(edits, select, userEvent, undoable = true) {
    const changes = view.state.changes(edits.map(({from, to, insert}) => ({from, to: to ?? from, insert: insert ?? ""})));
    const selection = select === undefined || select === null ? undefined : selectionOf(select, changes.newLength);
    view.dispatch({changes, selection, userEvent, scrollIntoView: Boolean(selection),
                   annotations: [isolateHistory.of("full"), Transaction.addToHistory.of(undoable)]});
  }

  const editor = {
    view,

    /** The text as it stands. */
    text: () => view.state.doc.toString(),

    /** Makes all edits at once: one step of undo, the caret stays with its words. `select` is an offset or {from, to} after it. */
    apply(edits, {select, userEvent = BY_FORM} = {}) {
      if (edits.length || select !== undefined) dispatch(edits, select, userEvent);
    },

    /**
     * Puts another text in place of this one, changing only what is different. Undo brings the former text back, unless it
     * is the one to begin with: then `undoable` is false.
     */
    setText(text, {userEvent = BY_LOADING, undoable = true} = {}) {
      const now = editor.text(), next = text.replace(/\r\n?/g, "\n");
      if (now === next) return;
      let begin = 0, end = 0;
      const shorter = Math.min(now.length, next.length);
      while (begin < shorter && now[begin] === next[begin]) begin++;
      while (end < shorter - begin && now[now.length - 1 - end] === next[next.length - 1 - end]) end++;
      dispatch([{from: begin, to: now.length - end, insert: next.slice(begin, next.length - end)}], undefined, userEvent, undoable);
    },

    /** Shows findings: [{from, to, severity, code, message, help, url, fixes: [{title, edits}]}]. */
    setDiagnostics(list) {
      view.dispatch(shownDiagnostics(view.state, list));
    },

    /** Shows numbers or labels beside the lines: [{from, to, label, title, kind}]. */
    setMarks(list) {
      view.dispatch({effects: numbered.of(list)});
    },

    /** Scrolls to a part of the text, selects it and marks it until the text or the place changes. */
    reveal(from, to = from, {focus = false} = {}) {
      const length = view.state.doc.length;
      const begin = Math.min(Math.max(from, 0), length), end = Math.min(Math.max(to, begin), length);
      view.dispatch({selection: {anchor: begin, head: end}, userEvent: "select.reveal",
                     effects: [EditorView.scrollIntoView(EditorSelection.range(begin, end), {y: "center"}),
                               revealed.of({from: begin, to: end})]});
      if (focus) view.focus();
    },

    /** The selection: {from, to, head}. */
    selection() {
      const {from, to, head} = view.state.selection.main;
      return {from, to, head};
    },

    setReadOnly(readOnly) {
      view.dispatch({effects: writable.reconfigure(EditorState.readOnly.of(readOnly))});
    },

    focus: () => view.focus(),
    undo: () => undo(view),
    redo: () => redo(view),
    complete: () => (view.focus(), startCompletion(view)),
    destroy: () => view.destroy(),
  };
  if (options.marks) editor.setMarks(options.marks);
  return editor;
}

function selectionOf(select, length) {
  const {from, to = from} = typeof select === "number" ? {from: select} : select;
  return {anchor: Math.min(from, length), head: Math.min(to, length)};
}

function report(update, {onChange, onSelection}) {
  if (update.docChanged && onChange) {
    const edits = [];
    update.changes.iterChanges((from, to, _, __, insert) => edits.push({from, to, insert: insert.toString()}));
    const last = update.transactions.findLast((transaction) => transaction.docChanged);
    onChange(update.state.doc.toString(), edits, last.annotation(Transaction.userEvent) ?? "");
  }
  if (update.selectionSet && onSelection) {
    const {from, to, head} = update.state.selection.main;
    onSelection({from, to, head});
  }
}

/** Tab takes the candidate that is selected, or else the first; without candidates it leaves the editor. */
function acceptFirst(view) {
  if (completionStatus(view.state) !== "active") return false;
  if (selectedCompletionIndex(view.state) === null) view.dispatch({effects: setSelectedCompletion(0)});
  return acceptCompletion(view);
}

/** Enter takes a candidate only where one was selected. */
function acceptSelected(view) {
  if (completionStatus(view.state) === null) return false;
  if (selectedCompletionIndex(view.state) !== null && acceptCompletion(view)) return true;
  closeCompletion(view);
  return false;
}
