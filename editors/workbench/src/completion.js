// Candidates of the server, shown by CodeMirror. The server has already chosen and ordered them.

import {pickedCompletion} from "@codemirror/autocomplete";

/** A source of completions that asks `complete(text, position)`; nothing is shown where it fails. */
export function completionSource(complete) {
  return async (context) => {
    const text = context.state.doc.toString();
    let candidates;
    try {
      candidates = await complete(text, context.pos);
    } catch {
      return null;
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
