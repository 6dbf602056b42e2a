// Words of a message as the page shows them.

import { html } from "../lit-html.js";

/** Words of a message: what stands in backticks is code, an address is a link. */
export function prose(text) {
  return text.split(/(`[^`]+`|https?:\/\/[^\s`]*[\w/])/).map((part, at) => {
    if (at % 2 === 0) return part;
    if (part.startsWith("`")) return html`<code>${part.slice(1, -1)}</code>`;
    // A long address breaks at its parts.
    const words = part.split(/(?<=[^:/]\/|_)/).map((word, at) => (at ? html`<wbr />${word}` : word));
    return html`<a href=${part} target="_blank" rel="noreferrer">${words}</a>`;
  });
}
