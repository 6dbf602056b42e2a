// What may be written at a place of a text, as src/edexql/language/cursor.py says it: what fits is read off the parser's
// own states. The cursor can stand for more than one thing: after `>` a value may follow, or the sign may become `>=`;
// on a new line a statement may begin, or the logic before go on.

const VALUES = ["MOMENT", "CLOCK", "NUMBER", "PATTERN", "ADDRESS", "UNIT", "STRING", "PARAMETER", "NAME"];
const SIGNS = ["GREATER", "LESS", "AT_LEAST", "AT_MOST", "EQUAL", "DOTS"];
// With these a word of another kind begins: a parameter, a range, a negative number.
const BEGINNINGS = "$.+-";

/** A function (text, position) -> kinds on the parts of a parser: see parser.js. */
export function follower({KIND, words, FIRST_READ, scan, joinLines, step, expected}) {
  const {COMMENT, JOINED, STRAY, STRAY_QUOTE, NAME, NUMBER, MOMENT, UNIT, DOTS, SLASH, _NEWLINE: NEWLINE,
         _SEMICOLON: SEMICOLON, _AND: AND} = KIND;
  const kindsOf = (names) => new Set(names.map((name) => KIND[name]));
  const signs = kindsOf(SIGNS), numeric = kindsOf(["MOMENT", "CLOCK", "NUMBER"]);
  const wordKinds = new Set([...kindsOf(VALUES), ...Object.values(words)]);
  const goingOn = kindsOf(["_AND", "_OR", "_NOT"]), onto = new Set([DOTS, UNIT]);
  const separators = new Set([NEWLINE, SEMICOLON]);

  /** Where the word begins that the last token belongs to; after it where that is no word. */
  function startOf(text, {kinds, starts, ends}, last) {
    const kind = kinds[last], read = (i) => text.slice(starts[i], ends[i]);
    if (kind === STRAY && BEGINNINGS.includes(text[text.length - 1])) return text.length - 1;
    if (kind === STRAY_QUOTE && text[starts[last]] === '"') return starts[last];
    if (last && ends[last - 1] === starts[last] && halves(kinds[last - 1], kind, read(last - 1), read(last))) {
      return starts[last - 1];
    }
    return wordKinds.has(kind) || signs.has(kind) ? starts[last] : text.length;
  }

  /** Whether two tokens are one that is being written. */
  function halves(kind, next, first, second) {
    if (kind === NUMBER && next === UNIT) return first.length === 4 && second === "-";
    if (kind === MOMENT && next === NAME) return second === "T" || second === "t";
    return kind === NAME && next === SLASH && ["m", "km", "cm"].includes(first);
  }

  /** Whether no token of the whole line begins at `start` and goes on after the cursor. */
  function isWhole(text, start, position) {
    let begin = start, stop = position;
    while (begin > 0 && !isBreak(text[begin - 1])) begin--;
    while (stop < text.length && !isBreak(text[stop])) stop++;
    const {starts, ends} = scan(text.slice(begin, stop));
    const index = starts.indexOf(start - begin);
    return index < 0 || begin + ends[index] === position;
  }

  /** What fits in place of a word, which statements before it are read up to. */
  function fitting(text, {kinds, starts, ends}, first, word) {
    let stack = [0], taken = -1, index = first;
    const before = (i) => {
      do i--; while (i > 0 && (kinds[i] === COMMENT || kinds[i] === JOINED));
      return Math.max(i, 0);
    };
    const beginsLine = (i) => i > first && /[\r\n]/.test(text.slice(ends[before(i)], starts[i]));
    while (index < word) {
      if (kinds[index] < FIRST_READ) index++;
      else if (step(stack, kinds[index])) taken = index++;
      else {
        // What does not fit begins a statement where it begins a line, or is skipped.
        const line = beginsLine(index) ? index : taken >= 0 && beginsLine(taken) ? taken : -1;
        if (line < 0) {
          index++;
          continue;
        }
        first = index = line;
        stack = [0];
        taken = -1;
      }
    }
    return expected(stack);
  }

  /** What fits in place of a word from `start` on, lines joined as they are before a token of this kind. */
  function place(text, before, start, kind) {
    let count = before.kinds.length - 1;
    while (count && before.ends[count - 1] > start) count--;
    const kinds = before.kinds.slice(0, count), starts = before.starts.slice(0, count), ends = before.ends.slice(0, count);
    if (count < before.kinds.length - 1 && before.starts[count] < start) {
      // A sign at the end of other characters that mean nothing.
      kinds.push(STRAY);
      starts.push(before.starts[count]);
      ends.push(start);
    }
    const word = kinds.push(kind) - 1;
    joinLines(kinds);
    let first = word;
    while (first && !separators.has(kinds[first - 1])) first--;
    return fitting(text, {kinds, starts, ends}, first, word);
  }

  return (text, position) => {
    position = Math.min(Math.max(position, 0), text.length);
    const head = text.slice(0, position), before = scan(head), last = before.kinds.length - 2;
    const touching = last >= 0 && before.ends[last] === position;
    const kind = touching ? before.kinds[last] : NEWLINE;
    if (kind === COMMENT) return [];
    const start = touching ? startOf(head, before, last) : position;
    const sign = signs.has(kind) || text.slice(start, position) === ".";
    const whole = (numeric.has(kind) || signs.has(kind)) && isWhole(text, start, position);
    const found = new Set();
    const add = (from, as, allowed = null) => {
      for (const fit of place(text, before, from, as)) if (!allowed || allowed.has(fit)) found.add(fit);
    };
    if (!sign) {
      add(start, NAME);
      if (whole) add(position, NAME, onto);
    } else {
      if (whole) add(position, NAME);
      add(start, kind === STRAY ? DOTS : kind);
    }
    // The line before may go on.
    add(start, AND, goingOn);
    return [...found].sort((a, b) => a - b);
  };
}

const isBreak = (character) => character === "\n" || character === "\r";
