// What the page draws with.

export * from "lit-html";
export {AsyncDirective} from "lit-html/async-directive.js";
export {Directive, directive, PartType} from "lit-html/directive.js";
export {classMap} from "lit-html/directives/class-map.js";
export {ifDefined} from "lit-html/directives/if-defined.js";
export {keyed} from "lit-html/directives/keyed.js";
export {live} from "lit-html/directives/live.js";
export {createRef, ref} from "lit-html/directives/ref.js";
export {repeat} from "lit-html/directives/repeat.js";
export {unsafeSVG} from "lit-html/directives/unsafe-svg.js";
