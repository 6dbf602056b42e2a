// The parser of the language for browsers: the scanner, the rule of which line breaks end a statement, and an LALR(1)
// driver on the tables of the grammar (tables.json, by tools/make_tables.py). It says what a text is made of and
// whether it can be read, as `edexql.language` does; what a text means is the server's to say.
//
// Offsets are UTF-16 units.

import {follower} from "./follow.js";

// What no pattern of the grammar matches, as in src/edexql/language/scanner.py.
const DASH = "[\u2010-\u2015\u2212\uff0d]";
const BEFORE = ["(?![0-9])\\p{Nd}[\\p{Nd}.:/T+-]*", `[0-9]{4}${DASH}[0-9]{1,2}(?:${DASH}[0-9]{1,2})?(?![0-9])`];
const QUOTES = "\"[^\\r\\n]*|'[^'\\r\\n]*'|\u201c[^\u201c\u201d\\r\\n]*\u201d";
const REST = "[\\0-\\x08]+|-+(?=-{65})|[^]";

// What most of a text is made of: signs that are nothing else, words and numbers of which the end is certain.
const CERTAIN_SIGNS = ",;:()[]{}&|!";
const CERTAIN = /[A-Za-z_][A-Za-z0-9_-]*(?=[ \t\f\r\n,;()=<>]|$)|[+-]?[0-9]+(?:\.[0-9]+)?(?=[ \t\f\r\n,;()=<>]|\.\.|$)/y;

const OPENERS = new Map([["_CLOSE", "_OPEN"], ["_CLOSE_LIST", "_OPEN_LIST"], ["_CLOSE_OBJECT", "_OPEN_OBJECT"]]);
const JOINS_NEXT = ["_AND", "_OR", "_AMPERSAND", "_BAR", "GREATER", "LESS", "AT_LEAST", "AT_MOST", "EQUAL", "_NOT",
                    "_BANG", "_COMMA", "SLASH"];
const STATEMENT_ONLY = ["_PRODUCT", "_LOGIC", "_WHERE", "_EMAIL", "_LET"];
const ITSELF = ["COMMENT", "NUMBER", "PATTERN", "ADDRESS", "UNIT", "STRING", "PARAMETER", "NAME", "STRAY"];

/** A parser on the content of tables.json: {tokens, brackets, folds, accepts, follow}, which are those below. */
export function load(tables) {
  return (loaded = parser(tables));
}

let loaded = null;

/** [{kind, from, to, style}] of a text in order: all but blanks. The style is a class of `edexql.language.highlight`,
    null for line breaks; those that end no statement are of the kind JOINED. */
export const tokens = (text) => loaded.tokens(text);
/** [{from, match}] of every bracket in order: where it stands and where its partner does, -1 without one. */
export const brackets = (text) => loaded.brackets(text);
/** [{from, to}] of the parts that can be folded, by their beginning: brackets, statements and comments of many lines. */
export const folds = (text) => loaded.folds(text);
/** Whether a text can be read: it has no error of syntax. */
export const accepts = (text) => loaded.accepts(text);
/** The kinds of token that fit in place of the word at a position, or right after it; none inside a comment. */
export const follow = (text, position) => loaded.follow(text, position);

function parser(tables) {
  const {kinds: names, words, firstRule, endState, lengths, origins} = tables;
  const KIND = Object.fromEntries(names.map((name, number) => [name, number]));
  const {$END: END, JOINED, COMMENT, NAME, NUMBER, _NEWLINE: NEWLINE, STRAY, STRAY_QUOTE, _SEMICOLON: SEMICOLON,
         _COLON: COLON, _LOGIC: LOGIC} = KIND;
  const FIRST_READ = COMMENT + 1;
  const has = (members) => Uint8Array.from(names, (name) => members.includes(name) ? 1 : 0);
  const opening = has([...OPENERS.values()]), closing = has([...OPENERS.keys()]);
  const joinsNext = has(JOINS_NEXT), joinsPrevious = has([...JOINS_NEXT, "DOTS"]), statementOnly = has(STATEMENT_ONLY);
  const openerOf = names.map((name) => KIND[OPENERS.get(name)] ?? -1);
  const styles = stylesOf(names, words);

  const groups = [STRAY, STRAY, ...tables.scanned, STRAY_QUOTE, STRAY];
  const patterns = [...BEFORE, ...tables.patterns, QUOTES, REST].map((pattern) => `(${pattern})`).join("|");
  const scanner = new RegExp(patterns, "uy");
  const blank = new RegExp(`^${tables.blank}$`), signs = new Uint8Array(128);
  const blanks = Uint8Array.from(signs, (_, code) => blank.test(String.fromCharCode(code)) ? 1 : 0);
  tables.patterns.forEach((pattern, i) => {
    const sign = pattern.replace("\\", "");
    if (sign.length === 1 && CERTAIN_SIGNS.includes(sign)) signs[sign.charCodeAt(0)] = tables.scanned[i];
  });
  const keywords = new Map(Object.entries(words));
  const longestWord = Math.max(...Object.keys(words).map((word) => word.length));

  const actions = tables.states.map((row) => dense(tables.actions[row], names.length));
  const gotos = tables.gotoOf.map((row) => dense(tables.gotos[row], Math.max(...origins) + 1));

  /** The kind and the end of the token that begins at a place, as the patterns say. */
  function part(text, start) {
    CERTAIN.lastIndex = scanner.lastIndex = start;
    if (CERTAIN.test(text)) return [text.charCodeAt(start) < 64 ? NUMBER : NAME, CERTAIN.lastIndex];
    const match = scanner.exec(text);
    let group = 1;
    while (match[group] === undefined) group++;
    return [groups[group - 1], scanner.lastIndex];
  }

  /** The kinds, starts and ends of the tokens; the last is the end. Line breaks are not joined yet. */
  function scan(text) {
    const kinds = [], starts = [], ends = [];
    for (let end = 0, start = 0; ; start = end) {
      while (blanks[text.charCodeAt(start)]) start++;
      if (start === text.length) break;
      let kind = signs[text.charCodeAt(start)];
      if (kind) end = start + 1;
      else {
        [kind, end] = part(text, start);
        if (kind === NAME && end - start <= longestWord) {
          kind = keywords.get(text.slice(start, end).toLowerCase()) ?? NAME;
        } else if (kind === STRAY) {
          const last = kinds.length - 1;
          if (kinds[last] === STRAY && ends[last] === start) {
            ends[last] = end;
            continue;
          }
        }
      }
      kinds.push(kind);
      starts.push(start);
      ends.push(end);
    }
    kinds.push(END);
    starts.push(text.length);
    ends.push(text.length);
    return {kinds, starts, ends};
  }

  /** Marks as JOINED the line breaks that end no statement. */
  function joinLines(kinds) {
    let depth = 0, previous = END, pending = [];
    for (let i = 0; i < kinds.length; i++) {
      const kind = kinds[i];
      if (kind === NEWLINE || kind === JOINED) {
        pending.push(i);
        continue;
      }
      if (kind === COMMENT) continue;
      if (pending.length) {
        const ends = depth ? statementOnly[kind] : !joinsNext[previous] && !joinsPrevious[kind];
        if (ends || kind === END) depth = 0;
        for (const j of pending) kinds[j] = ends ? NEWLINE : JOINED;
        pending = [];
      }
      if (opening[kind]) depth++;
      else if (closing[kind]) depth -= depth > 0 ? 1 : 0;
      else if (kind === SEMICOLON) depth = 0;
      previous = kind;
    }
  }

  // The text that was read last is asked about more than once.
  let latest = {text: null};

  function tokenize(text) {
    if (text !== latest.text) {
      const read = scan(text);
      joinLines(read.kinds);
      latest = {text, ...read};
    }
    return latest;
  }

  function tokensOf(text) {
    const {kinds, starts, ends} = tokenize(text);
    const found = [];
    let count = 0, head = END, before = END;
    for (let i = 0; i < kinds.length - 1; i++) {
      const kind = kinds[i];
      let style = kind === NEWLINE || kind === JOINED ? null : styles[kind];
      if (kind === NAME && before === NUMBER && head !== LOGIC) style = "unit";
      // A label stands first, and so does the name before this colon.
      else if (kind === COLON && count === 1 && before === NAME) lastStyled(found).style = "label";
      found.push({kind: names[kind], from: starts[i], to: ends[i], style});
      if (kind === NEWLINE || kind === SEMICOLON) {
        count = 0;
        head = before = END;
      } else if (kind !== JOINED && kind !== COMMENT) {
        if (!count) head = kind;
        count++;
        before = kind;
      }
    }
    return found;
  }

  function bracketsOf(text) {
    const {kinds, starts} = tokenize(text);
    return paired(kinds, (i) => ({from: starts[i], match: -1}), (first, second) => {
      first.match = second.from;
      second.match = first.from;
    });
  }

  /** What `make` makes of each bracket; `pair` is called with those of an opening bracket and of its partner. */
  function paired(kinds, make, pair) {
    const found = [];
    let open = [];
    for (let i = 0; i < kinds.length; i++) {
      const kind = kinds[i];
      if (kind === NEWLINE || kind === SEMICOLON) open = [];
      if (!opening[kind] && !closing[kind]) continue;
      const bracket = make(i);
      found.push(bracket);
      if (opening[kind]) open.push({kind, bracket});
      else if (open.length && open[open.length - 1].kind === openerOf[kind]) pair(open.pop().bracket, bracket);
    }
    return found;
  }

  function foldsOf(text) {
    const {kinds, starts, ends} = tokenize(text);
    const found = [];
    const lines = [];
    let line = 0;
    for (const kind of kinds) lines.push(kind === NEWLINE || kind === JOINED ? line++ : line);
    paired(kinds, (i) => i, (first, second) => {
      if (lines[first] < lines[second]) found.push({from: ends[first], to: starts[second]});
    });
    // The end of the first line of a statement or of comments, and where it ends.
    let lineEnd = -1, end = -1, comments = null;
    for (let i = 0; i < kinds.length; i++) {
      const kind = kinds[i];
      if (kind === COMMENT && (i === 0 || kinds[i - 1] === NEWLINE || kinds[i - 1] === JOINED)) {
        comments = comments ? {...comments, to: ends[i]} : {from: ends[i], to: ends[i]};
      } else if (comments && (kind !== NEWLINE && kind !== JOINED || kind === kinds[i - 1])) {
        if (comments.to > comments.from) found.push(comments);
        comments = null;
      }
      if (kind === JOINED && end >= 0 && lineEnd < 0) lineEnd = starts[i];
      else if (kind === NEWLINE || kind === SEMICOLON || kind === END) {
        if (lineEnd >= 0 && end > lineEnd) found.push({from: lineEnd, to: end});
        lineEnd = end = -1;
      } else if (kind >= FIRST_READ) end = ends[i];
    }
    return found.sort((a, b) => a.from - b.from || b.to - a.to);
  }

  /** Reads a token on a stack of states, and gives whether it fits. Where it does not, or is only `tried`, the stack
      stays as it is. */
  function step(stack, kind, tried = false) {
    // What is left of the stack, and what stands on it.
    let left = stack.length;
    const pushed = [];
    for (;;) {
      const state = pushed.length ? pushed[pushed.length - 1] : stack[left - 1];
      const action = actions[state][kind];
      if (!action) return kind === END && state === endState;
      if (action < firstRule) {
        if (!tried) {
          stack.length = left;
          stack.push(...pushed, action);
        }
        return true;
      }
      const rule = action - firstRule, length = lengths[rule];
      if (length <= pushed.length) pushed.length -= length;
      else {
        left -= length - pushed.length;
        pushed.length = 0;
      }
      pushed.push(gotos[pushed.length ? pushed[pushed.length - 1] : stack[left - 1]][origins[rule]]);
    }
  }

  /** The kinds of token that fit on a stack, exactly. */
  function expected(stack) {
    const found = [];
    actions[stack[stack.length - 1]].forEach((action, kind) => {
      if (action && step(stack, kind, true)) found.push(kind);
    });
    return found;
  }

  function acceptsText(text) {
    const stack = [0];
    return tokenize(text).kinds.every((kind) => (kind !== END && kind < FIRST_READ) || step(stack, kind));
  }

  const follow = follower({KIND, words, FIRST_READ, scan, joinLines, step, expected});
  return {tokens: tokensOf, brackets: bracketsOf, folds: foldsOf, accepts: acceptsText,
          follow: (text, position) => follow(text, position).map((kind) => names[kind])};
}

/** The class of each kind of token. */
function stylesOf(names, words) {
  const keywords = new Set(Object.keys(words).filter((word) => !["and", "or", "not"].includes(word)));
  return names.map((name) => {
    if (name === "MOMENT" || name === "CLOCK") return "moment";
    if (name === "_COLON" || name === "_COMMA" || name === "_SEMICOLON") return "punctuation";
    if (name === "STRAY_QUOTE") return "stray";
    if (keywords.has(name.slice(1).toLowerCase())) return "keyword";
    if (OPENERS.has(name) || [...OPENERS.values()].includes(name)) return "bracket";
    return ITSELF.includes(name) ? name.toLowerCase() : "operator";
  });
}

function lastStyled(found) {
  let i = found.length - 1;
  while (found[i].style === null) i--;
  return found[i];
}

function dense(row, length) {
  const made = new Uint8Array(length);
  for (let i = 0; i < row.length; i += 2) made[row[i]] = row[i + 1];
  return made;
}
