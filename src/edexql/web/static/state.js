// The state of the page. The text is the only one that counts; the rest is what was said about a text, with its version.

import { ask } from "./api.js";

export const state = {
  text: "",
  version: 0,
  setting: null, // what the service is and knows: mode, vocabulary, file
  failed: -1, // the version that could not be asked about
  latest: null, // the last answer of `read` about the present or an earlier text
  good: null, // the last answer of `read` about a text that could be read: what the forms show
  answer: null, // files of the query, as columns
  answerOf: -1, // the version that `answer` is about
  answering: false,
  influence: null,
  influenceOf: -1,
  remarks: new Map(), // of the text of each constraint: what it contributes, as last known
  trouble: null, // why there is no answer: {message, help}
  online: true,
  savedText: null, // the text as the file on disk has it, and the digest of that
  digest: null,
  token: null, // of `edexql workbench`, for what writes
  tab: "products",
  notice: null, // {text, kind} the last thing that was said to the user
  editing: 0, // edits under way
};

const listeners = new Set();
let scheduled = false;

export function subscribe(listener) {
  listeners.add(listener);
}

/** Change the state, and draw once before the next frame. */
export function update(patch = {}) {
  Object.assign(state, patch);
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    for (const listener of listeners) listener(state);
  });
}

/** A text with the ends of lines that the editor gives all texts. */
export const asInEditor = (text) => text?.replace(/\r\n?/g, "\n") ?? null;

/** Whether the forms show the present text. */
export const isCurrent = () => state.good !== null && state.good.version === state.version;

/** Whether the present text is known to be unreadable. */
export const isBroken = () => state.latest !== null && state.latest.version === state.version && !state.latest.readable;

/** Wait until the forms show the present text. False where it cannot be read, or nothing answers. */
export function whenCurrent() {
  return new Promise((resolve) => {
    function look() {
      const isReady = state.editing === 0 && isCurrent();
      if (!isReady && state.online && !isBroken() && state.failed !== state.version) return;
      listeners.delete(look);
      resolve(isReady);
    }
    listeners.add(look);
    look();
  });
}

/** Show one of the tabs. */
export const show = (tab) => update({ tab });

let fading;

/** Say something to the user; errors stay until the next notice, the rest goes by itself. */
export function say(text, kind = "done") {
  clearTimeout(fading);
  update({ notice: { text, kind } });
  if (kind === "done") fading = setTimeout(() => update({ notice: null }), 6000);
}

/** A sentence of an error for people. */
export const sentenceOf = (error) => (error.help ? `${error.message}; ${error.help}` : error.message);

// ---- questions about the text

const questions = new Set();
const IMPATIENT = 1000;

/**
 * A question about the text. It is asked `delay` ms after the last change, one at a time; an answer about an earlier
 * text is dropped, and a request that takes long is given up for a newer one.
 */
export function question(name, { delay = 0, wanted = () => true, more = () => ({}), take, fail }) {
  let timer, running = null, again = false;

  async function run() {
    if (!wanted()) return;
    if (running) {
      again = true;
      if (performance.now() - running.since > IMPATIENT) running.controller.abort();
      return;
    }
    const version = state.version;
    const own = (running = { controller: new AbortController(), since: performance.now() });
    try {
      const answer = await ask(name, { text: state.text, version, ...more() }, { signal: own.controller.signal });
      isReached(true);
      if (version === state.version && !again) take(answer, version);
    } catch (error) {
      if (!own.controller.signal.aborted) {
        isReached(error.status !== 0);
        if (version === state.version) fail?.(error, version);
        if (error.status === 429 || error.status === 503) soon(1500);
      }
    } finally {
      running = null;
    }
    if (again) {
      again = false;
      run();
    }
  }

  function soon(wait = delay) {
    clearTimeout(timer);
    if (wait) timer = setTimeout(run, wait);
    else run();
  }

  const self = { soon, now: () => soon(0) };
  questions.add(self);
  return self;
}

let knocking = null;

/** Remember whether the service answers; while it does not, knock every second, and then ask everything again. */
export function isReached(reached) {
  if (reached === state.online) return;
  update({ online: reached });
  if (reached) {
    clearInterval(knocking);
    knocking = null;
    for (const each of questions) each.soon();
  } else {
    knocking ??= setInterval(() => reading.now(), 1000);
  }
}

// ---- what is always asked: how the text reads, and what it gives

const consequences = [];

/** Call `listener` whenever a text that can be read has been read. */
export const afterReading = (listener) => consequences.push(listener);

/** The code of a text that is longer than the service takes. */
export const TOO_LONG = "S413";

/** What `read` would say of a text that nobody reads. */
function unread(message, help) {
  const diagnostic = { code: TOO_LONG, severity: "error", message, help, from: 0, to: 0, notes: [], fixes: [], url: null };
  return { readable: false, diagnostics: [diagnostic], form: null, sentence: null, sent: null, residual: null, parameters: null };
}

/** Of a text that is too long nothing is asked: what is wrong is known here. */
function tooLong(text) {
  const most = state.setting?.longest ?? Infinity;
  if (text.length <= most) return null;
  const length = [...text].length;
  if (length <= most) return null;
  const message = `the text has ${length.toLocaleString("en")} characters; at most ${most.toLocaleString("en")} are accepted`;
  return unread(message, "undo what was pasted, or divide the query");
}

function take(latest) {
  update(latest.readable ? { latest, good: latest } : { latest });
  for (const listener of consequences) listener(latest);
  // Of a text that cannot be read the files of the one before stay, in grey.
  if (!latest.readable) update({ trouble: null, answering: false });
  else if (latest.sentence === null) update({ answer: null, influence: null, trouble: null, answering: false });
  else answering.soon();
}

export const reading = question("read", {
  wanted() {
    const refused = state.online ? tooLong(state.text) : null;
    if (refused) take({ ...refused, version: state.version });
    return !refused;
  },
  take,
  fail(error, version) {
    update({ failed: version });
    if (error.status === 413) take({ ...unread(error.message, error.help), version });
    else if (error.status) say(sentenceOf(error), "error");
  },
});

const counts = () => state.latest?.version === state.version && state.latest.sentence !== null;

export const answering = question("answer", {
  delay: 250,
  wanted: () => counts() && (update({ answering: true }), true),
  take(answer, answerOf) {
    update({ answer, answerOf, answering: false, trouble: null });
    if (state.setting?.mode !== "upstream") influencing.soon();
  },
  fail: (error, answerOf) => update({ answerOf, answering: false, answer: null, trouble: { message: error.message, help: error.help } }),
});

export const influencing = question("influence", {
  delay: 250,
  wanted: () => counts() && state.good.form.constraints.length <= 60,
  take(influence, influenceOf) {
    const { constraints } = state.good.form;
    const remarks = new Map(influence.parts.map(({ number, remark }) => [constraints[number - 1]?.text, remark]));
    update({ influence, influenceOf, remarks });
  },
  fail: () => update({ influence: null, remarks: new Map() }),
});

/** What a constraint contributes: {text, late}, where late is of an earlier text; null where nothing is known. */
export function remarkOn(constraint) {
  const text = state.remarks.get(constraint.text);
  return text ? { text, late: state.influenceOf !== state.version } : null;
}

/** Whether all is said about the present text: how it reads, and its files. */
export const isSettled = () =>
  state.online && state.editing === 0 && !state.answering && state.setting !== null && state.latest?.version === state.version &&
  (state.latest.sentence === null || state.answerOf === state.version);

/** The editor's text has changed: what was wrong was of an earlier one. */
export function textChanged(text) {
  const notice = state.notice?.kind === "error" ? null : state.notice;
  update({ text, version: state.version + 1, notice });
  reading.now();
}
