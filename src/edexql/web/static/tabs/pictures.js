// Pictures of the answer, drawn by the service as SVG: timeline, ground track, dial, panels.

import { corrected, describedBy, fault, faultOf, wrong } from "../faults.js";
import { prose } from "../frame/prose.js";
import { Directive, directive, html, noChange, nothing } from "../lit-html.js";
import { afterReading, question, sentenceOf, state, update } from "../state.js";

const PLACE = "times";

// `match` is the one that was gone to, `matches` how many there are where that is known.
const view = { kind: null, from: "", to: "", match: null, matches: null, drawn: null, reason: null, of: null };

const drawing = question("picture", {
  delay: 300,
  wanted: () => state.tab === "results" && view.kind !== null && state.latest?.version === state.version && state.latest.sentence !== null,
  more: () => ({
    kind: view.kind,
    width: Math.min(1400, Math.max(320, Math.round(document.getElementById("panel")?.clientWidth ?? 900) - 40)),
    ...(view.from ? { from: view.from } : {}),
    ...(view.to ? { to: view.to } : {}),
    ...(view.match ? { match: view.match } : {}),
  }),
  take(drawn, version) {
    Object.assign(view, { drawn, reason: null, of: version, matches: drawn.matches });
    update();
  },
  fail(error, version) {
    // 400: the times that were typed are none.
    if (error.status === 400) wrong(PLACE, sentenceOf(error).replace(/^`(from|to)`: /, ""), error.message.startsWith("`to`") ? 1 : 0);
    Object.assign(view, { drawn: null, reason: error.status === 400 ? "" : sentenceOf(error), of: version });
    update();
  },
});

afterReading(() => {
  Object.assign(view, { match: null, matches: null });
  drawing.soon();
});

const ALLOWED = new Set([
  ..."svg g defs title desc style rect line path polyline polygon circle ellipse text tspan clipPath mask pattern linearGradient radialGradient stop use symbol marker".split(" "),
]);

/** A drawing without anything that could act: elements that draw, and references into the drawing alone. */
function harmless(text) {
  const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (svg.localName !== "svg") return null;
  for (const element of [svg, ...svg.querySelectorAll("*")]) {
    if (!ALLOWED.has(element.localName)) {
      element.remove();
      continue;
    }
    for (const { name, value } of [...element.attributes]) {
      const isReference = name === "href" || name === "xlink:href";
      if (/^on/i.test(name) || (isReference && !value.startsWith("#")) || /url\((?!["']?#)/i.test(value)) element.removeAttribute(name);
    }
  }
  return svg;
}

/** The colours of the drawing go with the page, which may not have those of the system. */
function inColours(svg, scheme) {
  for (const style of svg.querySelectorAll("style")) {
    style.textContent = style.textContent
      .replace(/@import[^;]*;/gi, "")
      .replace(/\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/gi, (_, which) => (which === scheme ? "(min-width:0)" : "(max-width:0)"));
  }
  return svg;
}

/** The drawing in a root of its own: its styles do not reach the page, nor those of the page the drawing. */
class Drawing extends Directive {
  render() {
    return noChange;
  }
  update({ element }, [text, scheme]) {
    if (this.text === text && this.scheme === scheme) return noChange;
    Object.assign(this, { text, scheme });
    const svg = harmless(text);
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    const style = document.createElement("style");
    style.textContent = "svg{display:block;max-width:100%;height:auto}";
    root.replaceChildren(style, ...(svg ? [document.importNode(inColours(svg, scheme), true)] : []));
    return noChange;
  }
}
const shown = directive(Drawing);

const scheme = () => document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

function zoom(event) {
  event.preventDefault();
  const data = new FormData(event.target);
  Object.assign(view, { from: data.get("from").trim(), to: data.get("to").trim(), match: null, matches: null });
  drawing.now();
}

/** All times of the query, without those that were typed. */
function whole() {
  Object.assign(view, { from: "", to: "", match: null, matches: null });
  corrected(PLACE);
  drawing.now();
  update();
}

const current = () => view.match ?? view.drawn?.match ?? 0;

/** Which match is shown of how many; where all are, how many there are. */
function place() {
  if (!view.matches) return "";
  const all = view.matches.toLocaleString("en");
  return current() ? `${current().toLocaleString("en")} of ${all}` : `${all} in all`;
}

/** Show the match that is so many on, of those within the times that are named. */
function step(by) {
  view.match = Math.min(Math.max(current() + by, 1), view.matches ?? Infinity);
  drawing.now();
  update();
}

function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([view.drawn.svg], { type: "image/svg+xml" }));
  link.download = `${view.kind}.svg`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function picture(kind) {
  if (view.kind !== kind) {
    Object.assign(view, { kind, drawn: null, reason: null, of: null });
    drawing.now();
  }
  const late = view.of !== state.version;
  // Edits were made while another tab was shown.
  if (late && view.asked !== state.version && state.latest?.version === state.version && state.latest.sentence !== null) {
    view.asked = state.version;
    drawing.soon();
  }
  const { words } = state.setting.pictures.find((each) => each.kind === kind);
  const date = (name, label, at) => html`<label>
    ${label}
    <input
      name=${name}
      .value=${view[name]}
      placeholder="YYYY-MM-DD"
      size="14"
      autocomplete="off"
      spellcheck="false"
      aria-invalid=${faultOf(PLACE)?.from === at ? "true" : "false"}
      aria-describedby=${describedBy(PLACE)}
      @input=${() => corrected(PLACE)}
    />
  </label>`;
  return html`
    <p class="quiet">${words}</p>
    <form class="filters" novalidate @submit=${zoom} aria-label="Part of the time">
      ${date("from", "From", 0)} ${date("to", "To", 1)}
      <div class="buttons">
        <button class="small">Zoom</button>
        <button class="small" type="button" @click=${whole}>Whole query</button>
      </div>
      <div class="buttons">
        <button class="small" type="button" ?disabled=${current() < 2} @click=${() => step(-1)}>Previous match</button>
        <span class="quiet" role="status">${place()}</span>
        <button class="small" type="button" ?disabled=${current() >= (view.matches ?? Infinity)} @click=${() => step(1)}>Next match</button>
      </div>
      <div class="buttons"><button class="small" type="button" ?disabled=${!view.drawn} @click=${save}>Save as SVG</button></div>
      ${fault(PLACE)}
    </form>
    ${view.reason ? html`<p class="quiet">${prose(view.reason)}</p>` : nothing}
    ${view.drawn
      ? html`<figure class="picture ${late ? "late" : ""}">
          <div ${shown(view.drawn.svg, scheme())}></div>
          <figcaption>${view.drawn.description}</figcaption>
        </figure>`
      : view.reason !== null
        ? nothing
        : html`<p class="quiet">${state.latest?.sentence === null ? "There is nothing to draw while the query has errors." : "Drawing."}</p>`}
  `;
}
