// Candidates of the server, shown by CodeMirror. The server has already chosen and ordered them.

// Where it does not answer, the words of the language that fit are offered.

import {pickedCompletion} from "@codemirror/autocomplete";

import {follow} from "./parser.js";

/** A source of completions that asks `complete(text, position)`. `words` are those of the language, in small letters. */
export function completionSource(complete, words) {
  return async (context) => {
    const text = context.state.doc.toString();
    let candidates;
    try {
      candidates = await complete(text, context.pos);
    } catch {
      candidates = fittingWords(words, text, context.pos);
    }
    if (context.aborted || !candidates?.length) return null;
    // Without being asked nothing is offered that is written already.
    const news = candidates.filter(({text: word, from, to}) => context.explicit || word !== text.slice(from, to));
    if (!news.length || (!context.explicit && news.every(({from}) => from === context.pos))) return null;
    return {
      from: Math.min(context.pos, ...news.map(({from}) => from)),
      filter: false,
      options: news.map((candidate) => ({
        label: candidate.text,
        detail: candidate.detail ?? undefined,
        apply: (view, completion) => view.dispatch({
          changes: {from: candidate.from, to: candidate.to, insert: candidate.text},
          selection: {anchor: candidate.from + candidate.text.length},
          userEvent: "input.complete",
          scrollIntoView: true,
          annotations: pickedCompletion.of(completion),
        }),
      })),
    };
  };
}

function fittingWords(words, text, position) {
  const typed = /[a-z]*$/i.exec(text.slice(Math.max(position - 20, 0), position))[0].toLowerCase();
  const kinds = new Set(words.length ? follow(text, position) : []);
  return words
    .filter((word) => word.startsWith(typed) && kinds.has(`_${word.toUpperCase()}`))
    .map((word) => ({text: LOGIC.has(word) ? word.toUpperCase() : word, from: position - typed.length, to: position}));
}

const LOGIC = new Set(["and", "or", "not"]);
