// Edits: what a form wants becomes a few changed characters of the text, in one step that can be undone.

import { settle } from "./address.js";
import { ask } from "./api.js";
import { corrected, isSeen, wrong } from "./faults.js";
import { asInEditor, isReached, say, sentenceOf, state, update } from "./state.js";

let editor = null;
let remember = () => {};
let queue = Promise.resolve();

/** The editor that edits go to, and what is done after a deliberate step. */
export function connect(connected, deliberate) {
  editor = connected;
  remember = deliberate;
}

/**
 * Edit by words of the contract: {kind: "enter", typed: "kp >= 5"}. True where it was done. What is wrong with it is shown
 * at `place`, the field that it was typed into, or as a notice.
 */
export const edit = (wanted, place = null) => queued(wanted, null, place);

/** The same for an edit that names numbers, nodes or offsets of the forms as they are drawn: not of a later text. */
export const editDrawn = (wanted, place = null) => queued(wanted, state.good?.version ?? -1, place);

// ---- boxes that are ticked show what was wished until the text says it

const wishes = new Map(); // of each box: {on, version}; version is null while the edit is under way

/** Whether a box is ticked: as the text says, or as the user has just wished. */
export function isTicked(box, inText) {
  const wish = wishes.get(box);
  if (!wish) return inText;
  if (wish.version !== null && (state.good?.version ?? -1) >= wish.version) {
    wishes.delete(box);
    return inText;
  }
  return wish.on;
}

/** A box was ticked or unticked, and an edit is to follow. */
export async function wish(box, on, edited) {
  const own = { on, version: null };
  wishes.set(box, own);
  update();
  if (await edited) own.version = state.version;
  else if (wishes.get(box) === own) wishes.delete(box);
  update();
}

function queued(wanted, drawn, place) {
  const result = queue.then(() => performed(wanted, drawn, place)).catch((error) => (say(sentenceOf(error), "error"), false));
  queue = result;
  return result;
}

/** Say what is wrong where it was typed, and as a notice where that is not shown. */
async function refuse(place, { message, help, from }) {
  const text = sentenceOf({ message, help });
  if (place === null) return say(text, "error");
  wrong(place, text, from);
  await Promise.resolve();
  if (!isSeen(place)) say(text, "error");
}

async function performed(wanted, drawn, place) {
  update({ editing: state.editing + 1 });
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      const { text, version } = state;
      if (drawn !== null && drawn !== version) {
        say("the query changed in the meantime: nothing was done; try again", "error");
        return false;
      }
      const answer = await ask("edit", { text, version, edit: wanted });
      isReached(true);
      if (state.version !== version) continue; // typed meanwhile: the edit is of the new text
      if (!answer.edits) {
        await refuse(place, answer.refused ?? answer.diagnostics[0]);
        return false;
      }
      corrected(place);
      apply(answer.edits);
      update({ notice: state.notice?.kind === "error" ? null : state.notice });
      return true;
    }
    say("the text keeps changing: nothing was done; try again", "error");
    return false;
  } catch (error) {
    if (error.status === 0) isReached(false);
    throw error;
  } finally {
    update({ editing: state.editing - 1 });
  }
}

/** Edits of the present text, as one step of the editor. */
export function apply(edits, { select } = {}) {
  if (!edits?.length) return;
  settle();
  editor.apply(edits, { select });
  remember();
}

/** The text to begin with, which undo does not take away. */
export const begin = (given) => editor.setText(asInEditor(given), { undoable: false });

/** Another text in place of the present one, by the characters that differ. */
export function become(given, { deliberate = true } = {}) {
  const text = asInEditor(given);
  if (state.text === text) return;
  if (deliberate) settle();
  editor.setText(text);
  if (deliberate) remember();
}

/** Take the last change of the text back, by whom ever it was made; or make it again. */
export function undo(again = false) {
  settle();
  const done = again ? editor.redo() : editor.undo();
  if (done) remember();
  else say(again ? "nothing to do again" : "nothing to undo");
}

export const reveal = (from, to) => editor.reveal(from, to, { focus: true });
export const focusEditor = () => editor.focus();
