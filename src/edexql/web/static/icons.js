// Icons: a few strokes each, in the colour of the text beside them.

import { svg, html } from "./lit-html.js";

const PATHS = {
  edit: svg`<path d="M3 13l.8-3.2L10.6 3l2.4 2.4-6.8 6.8z"/>`,
  off: svg`<path d="M8 2v6M4.6 4.2a5 5 0 1 0 6.8 0"/>`,
  jump: svg`<path d="M2 4h7M2 8h5M2 12h7M10 8h4M12 6l2 2-2 2"/>`,
  drop: svg`<path d="M4 4l8 8M12 4l-8 8"/>`,
  add: svg`<path d="M8 3v10M3 8h10"/>`,
  up: svg`<path d="M8 13V3M4 7l4-4 4 4"/>`,
  down: svg`<path d="M8 3v10M4 9l4 4 4-4"/>`,
  out: svg`<path d="M13 8H3M7 4L3 8l4 4"/>`,
  into: svg`<path d="M3 8h10M9 4l4 4-4 4"/>`,
  sun: svg`<circle cx="8" cy="8" r="3"/><path d="M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1"/>`,
  moon: svg`<path d="M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6z"/>`,
  error: svg`<circle cx="8" cy="8" r="6"/><path d="M8 4.5v4M8 11v.6"/>`,
  warning: svg`<path d="M8 2.2L14.4 13.5H1.6zM8 6.5v3.4M8 11.4v.6"/>`,
  fine: svg`<path d="M3 8.5l3.2 3.2L13 4.8"/>`,
  previous: svg`<path d="M10 3L5 8l5 5"/>`,
  next: svg`<path d="M6 3l5 5-5 5"/>`,
  undo: svg`<path d="M6 3L2.8 6.2 6 9.4M3 6.2h6.2a3.8 3.8 0 0 1 0 7.6H6"/>`,
  redo: svg`<path d="M10 3l3.2 3.2L10 9.4M13 6.2H6.8a3.8 3.8 0 0 0 0 7.6H10"/>`,
  grip: svg`<path d="M6 4v.1M10 4v.1M6 8v.1M10 8v.1M6 12v.1M10 12v.1"/>`,
};

export const icon = (name) =>
  html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${PATHS[name]}</svg>`;
