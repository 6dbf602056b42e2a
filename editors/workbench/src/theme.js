// How the editor looks. Every colour is a variable that the page may set; those here are for light and dark by
// `color-scheme`.

import {EditorView} from "@codemirror/view";

const colour = (name, light, dark) => `var(--edq-${name}, light-dark(${light}, ${dark}))`;

const text = colour("text", "#1c2430", "#dde3ec");
const quiet = colour("quiet", "#5d6979", "#98a4b5");
const line = colour("line", "#d4dae3", "#38424f");
const ground = colour("ground", "#ffffff", "#161b22");
const raised = colour("raised", "#f4f6f9", "#1f2630");
const accent = colour("accent", "#0b62c4", "#79b8ff");
const error = colour("error", "#c01c28", "#ff8a80");
const warning = colour("warning", "#8a5a00", "#f0b95a");

const wave = (name) => ({
  backgroundImage: "none", paddingBottom: "0", textDecoration: `underline wavy ${name} 1.5px`,
  textDecorationSkipInk: "none", textUnderlineOffset: "3px",
});

export const theme = EditorView.theme({
  "&": {color: text, backgroundColor: ground, fontSize: "var(--edq-size, 0.9375rem)", height: "100%"},
  "&.cm-focused": {outline: "none"},
  // Over the gutters, which would hide an outline.
  "&.cm-focused::after": {content: '""', position: "absolute", inset: "0", border: `2px solid ${accent}`,
                          pointerEvents: "none", zIndex: "300"},
  ".cm-scroller": {fontFamily: "var(--edq-font, ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace)",
                   lineHeight: "1.6"},
  ".cm-content": {caretColor: text, padding: "0.5rem 0"},
  ".cm-cursor, .cm-dropCursor": {borderLeftColor: text, borderLeftWidth: "2px"},
  ".cm-placeholder": {color: quiet},
  ".cm-gutters": {color: quiet, backgroundColor: raised, borderRight: `1px solid ${line}`},
  ".cm-activeLine": {backgroundColor: colour("active", "#0b62c40d", "#79b8ff12")},
  ".cm-activeLineGutter": {backgroundColor: colour("active", "#0b62c40d", "#79b8ff12"), color: text},
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, ::selection":
    {backgroundColor: colour("selection", "#bcd7f7", "#2b4c73")},
  ".cm-selectionMatch": {backgroundColor: colour("same", "#dfe9c8", "#3a4527")},
  ".cm-searchMatch": {backgroundColor: colour("found", "#ffe49c", "#5c4a10")},
  ".cm-searchMatch-selected": {backgroundColor: colour("found-here", "#ffc94d", "#8a6d12")},
  ".cm-foldPlaceholder": {color: quiet, backgroundColor: raised, border: `1px solid ${line}`, padding: "0 0.4em"},
  ".cm-foldGutter .cm-gutterElement": {cursor: "pointer"},

  ".edq-keyword": {color: colour("keyword", "#7a2aa8", "#d2a8ff"), fontWeight: "600"},
  ".edq-operator": {color: colour("operator", "#9b2b5c", "#ff9ec7")},
  ".edq-name": {color: text},
  ".edq-label": {color: colour("label", "#8a4b00", "#f2b373"), fontWeight: "600"},
  ".edq-number": {color: colour("number", "#0a5ea8", "#79c0ff")},
  ".edq-moment": {color: colour("moment", "#00696b", "#6fd3d0")},
  ".edq-string": {color: colour("string", "#256b2b", "#8ddb8c")},
  ".edq-comment": {color: colour("comment", "#626d7b", "#94a0b0"), fontStyle: "italic"},
  // A line through the characters would hide a minus.
  ".edq-off": {backgroundColor: raised, borderRadius: "3px", outline: `1px dashed ${line}`},
  ".edq-bracket": {color: quiet},
  ".edq-punctuation": {color: quiet},
  ".edq-parameter": {color: colour("parameter", "#8a4b00", "#f2b373")},
  ".edq-pattern": {color: colour("pattern", "#256b2b", "#8ddb8c")},
  ".edq-address": {color: colour("address", "#256b2b", "#8ddb8c")},
  ".edq-unit": {color: colour("unit", "#4d6076", "#a9bad0")},
  ".edq-stray": {color: error, textDecoration: `underline dotted ${error}`},
  ".edq-matching": {backgroundColor: colour("matching", "#cfe6d0", "#2f5233"), color: text},
  ".edq-unmatched": {backgroundColor: colour("unmatched", "#f9d3d3", "#5e2626")},
  ".edq-revealed": {backgroundColor: colour("revealed", "#fff0b8", "#4c431c")},

  ".edq-mark": {fontSize: "0.8em", padding: "0 0.4em", fontVariantNumeric: "tabular-nums", color: accent},
  ".edq-mark-off": {color: quiet, fontStyle: "italic"},

  ".cm-lint-marker": {content: "normal", width: "0.75em", height: "0.75em", margin: "0.3em 0.1em 0"},
  ".cm-lint-marker-error": {backgroundColor: error, borderRadius: "50%"},
  ".cm-lint-marker-warning": {backgroundColor: warning, clipPath: "polygon(50% 0, 100% 100%, 0 100%)"},

  ".cm-lintRange-error": wave(error),
  ".cm-lintRange-warning": wave(warning),
  ".cm-lintRange-active": {backgroundColor: colour("unmatched", "#f9d3d3", "#5e2626")},
  ".cm-tooltip, .cm-panels": {color: text, backgroundColor: raised, border: `1px solid ${line}`},
  ".cm-tooltip": {borderRadius: "4px", boxShadow: "0 2px 10px #0003", maxWidth: "min(32rem, 92vw)"},
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {fontFamily: "inherit", maxHeight: "16em"},
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {padding: "0.2em 0.6em", lineHeight: "1.4"},
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {color: ground, backgroundColor: accent},
  ".cm-completionDetail": {color: quiet, fontStyle: "normal", marginLeft: "1em"},
  "[aria-selected] > .cm-completionDetail": {color: "inherit"},
  ".cm-diagnostic": {padding: "0.4em 0.7em", whiteSpace: "pre-wrap", fontFamily: "var(--edq-prose, system-ui, sans-serif)"},
  ".cm-diagnostic-error": {borderLeftColor: error},
  ".cm-diagnostic-warning": {borderLeftColor: warning},
  ".cm-diagnosticAction": {font: "inherit", color: ground, backgroundColor: accent, border: "0", borderRadius: "3px",
                           padding: "0.15em 0.6em", margin: "0.4em 0.4em 0 0", cursor: "pointer"},
  ".cm-panel.cm-panel-lint ul [aria-selected], .cm-panel.cm-panel-lint ul:focus [aria-selected]":
    {color: text, backgroundColor: colour("selection", "#bcd7f7", "#2b4c73")},
  ".cm-panel.cm-panel-lint ul": {maxHeight: "14em", outlineOffset: "-2px"},
  ".edq-finding-code": {color: quiet, fontSize: "0.85em"},
  "a.edq-finding-code": {color: accent},
  ".edq-finding-help, .edq-finding-note": {color: quiet, marginTop: "0.2em"},
  ".cm-panel.cm-panel-lint ul [aria-selected] :is(.edq-finding-code, .edq-finding-help, .edq-finding-note)": {color: text},
  ".cm-textfield": {color: text, backgroundColor: ground, border: `1px solid ${line}`, font: "inherit"},
  ".cm-button": {color: text, backgroundColor: ground, backgroundImage: "none", border: `1px solid ${line}`, font: "inherit"},
  "@media (prefers-reduced-motion: reduce)": {"& .cm-cursorLayer": {animation: "none !important"}},
});
