// The address of the page: `#q=` has the text, so that back, reload and sharing work; the token never stays in it.

const TOKEN = "edexql-token";
const DRAFT = "edexql-draft";
const BASIS = "edexql-basis";
const SAVED = "edexql-saved";
const PAUSE = 300;

let timer = null;
let lastText = null;
let pending = null;

const parameters = () => new URLSearchParams(location.hash.slice(1));

/** `#q=…&tab=…` with only those characters escaped that have to be. */
function hashOf(text, tab) {
  const query = encodeURIComponent(text).replaceAll("%20", "+").replaceAll("%3A", ":").replaceAll("%2C", ",");
  const parts = [];
  if (text) parts.push(`q=${query}`);
  if (tab && tab !== "products") parts.push(`tab=${tab}`);
  return `#${parts.join("&")}`;
}

/** The token of `edexql workbench`: taken from the address once, kept for this tab of the browser. */
export function takeToken() {
  const given = parameters();
  const token = given.get("token");
  if (token) {
    sessionStorage.setItem(TOKEN, token);
    given.delete("token");
    const rest = hashOf(given.get("q") ?? "", given.get("tab"));
    history.replaceState(null, "", rest === "#" ? location.pathname + location.search : rest);
  }
  return sessionStorage.getItem(TOKEN);
}

/** The digest of the file that the text of this tab was made from, also before a reload; null where none is known. */
export const basis = () => sessionStorage.getItem(BASIS);

export function keepBasis(digest) {
  if (digest === null) sessionStorage.removeItem(BASIS);
  else sessionStorage.setItem(BASIS, digest);
}

/** Digests of what tabs of this browser saved last, so that none takes another for another program. */
const saved = () => {
  try {
    return JSON.parse(localStorage.getItem(SAVED) ?? "[]");
  } catch {
    return [];
  }
};

export function keepSaved(digest) {
  try {
    localStorage.setItem(SAVED, JSON.stringify([digest, ...saved()].slice(0, 20)));
  } catch {
    // A browser that stores nothing knows no other tabs.
  }
}

/** Who made the file what it is, in words. */
export const writerOf = (digest) => (saved().includes(digest) ? "another tab of the workbench" : "another program");

/** What the address says, or what was typed before it could follow: {text: string or null, tab: string or null}. */
export function readAddress() {
  const given = parameters();
  const typed = draft();
  if (typed !== null) write(typed, given.get("tab"), false);
  lastText = typed ?? given.get("q");
  return { text: lastText, tab: given.get("tab") };
}

/** The text that was typed at this address, where the page was left before the address followed. */
function draft() {
  const kept = JSON.parse(sessionStorage.getItem(DRAFT) ?? "null");
  sessionStorage.removeItem(DRAFT);
  return kept?.hash === location.hash ? kept.text : null;
}

function keepDraft(text) {
  try {
    sessionStorage.setItem(DRAFT, JSON.stringify({ hash: location.hash, text }));
  } catch {
    // A text can be too long to be kept.
  }
}

function write(text, tab, step) {
  const hash = hashOf(text, tab);
  const here = location.pathname + location.search;
  if (location.hash === hash || (hash === "#" && !location.hash)) return;
  try {
    history[step ? "pushState" : "replaceState"](null, "", hash === "#" ? here : hash);
  } catch {
    // An address can be too long for a browser: the text is in the page all the same.
  }
}

/** The text has changed by typing: the address follows after a pause, without a step in the history. */
export function follow(text, tab) {
  pending = { text, tab };
  keepDraft(text);
  clearTimeout(timer);
  timer = setTimeout(settle, PAUSE);
}

export function settle() {
  clearTimeout(timer);
  if (pending) write(pending.text, pending.tab, false);
  pending = null;
  sessionStorage.removeItem(DRAFT);
}

/** A deliberate step: `back` returns to what was before it. */
export function step(text, tab) {
  clearTimeout(timer);
  pending = null;
  sessionStorage.removeItem(DRAFT);
  write(text, tab, true);
}

/** Call `listener({text, tab})` when back, forward or a typed address change it. */
export function onNavigation(listener) {
  addEventListener("popstate", () => {
    clearTimeout(timer);
    pending = null;
    if (parameters().has("token")) takeToken();
    listener(readAddress());
  });
}

/** The address to share. */
export const link = (text, tab) => location.origin + location.pathname + hashOf(text, tab);
