// Output Product Selection: what can be fetched, and how many files there are.

import { edit, isTicked, wish } from "../edits.js";
import { html, live, nothing } from "../lit-html.js";
import { state, update } from "../state.js";

const NO_FILTER = { words: "", instrument: "", level: "", confirmed: false, filled: false };
const filter = { ...NO_FILTER };

/** The level and the format are parts of the name. */
const levelOf = ({ name }) => /-lv(\w+?)-/.exec(name)?.[1] ?? "";
const formatOf = ({ name }) => /-(hdf5|png|cdf|netcdf|rinex|zip|txt|sp3)\b/.exec(name)?.[1] ?? "";

const unique = (values) => [...new Set(values.filter(Boolean))].sort();

function isShown(product) {
  const { name, description, instrument, confirmed, files } = product;
  const title = state.setting.vocabulary.instruments.find((each) => each.name === instrument)?.title ?? "";
  const text = `${name} ${description ?? ""} ${title}`.toLowerCase();
  return (
    filter.words.toLowerCase().split(/\s+/).every((word) => text.includes(word)) &&
    (!filter.instrument || instrument === filter.instrument) &&
    (!filter.level || String(levelOf(product)) === filter.level) &&
    (!filter.confirmed || confirmed) &&
    (!filter.filled || files > 0)
  );
}

const change = (key) => (event) => {
  filter[key] = event.target.type === "checkbox" ? event.target.checked : event.target.value;
  update();
};

function choice(key, label, values) {
  return html`<label>
    ${label}
    <select @change=${change(key)}>
      <option value="" .selected=${!filter[key]}>any</option>
      ${values.map((value) => html`<option .selected=${filter[key] === String(value)} value=${value}>${value}</option>`)}
    </select>
  </label>`;
}

/** Whether a spelling is one that eDEx was seen to take. */
export const confirmation = (confirmed) =>
  confirmed
    ? html`<span class="tag confirmed" title="This spelling was seen in a request that eDEx answered">confirmed</span>`
    : html`<span class="tag guess" title="It is a guess that eDEx takes this spelling">a guess</span>`;

function row(product, chosen) {
  const { name, instrument, description, confirmed, files } = product;
  const box = `product ${name}`, on = isTicked(box, chosen.has(name));
  return html`<tr class=${on ? "chosen" : ""}>
    <td>
      <label class="cell">
        <input type="checkbox" .checked=${live(on)} @change=${({ target }) => wish(box, target.checked, edit({ kind: "product", name, on: target.checked }))} />
        <code>${name}</code>
      </label>
      <span class="hint">${description}</span>
    </td>
    <td>${instrument ?? ""}</td>
    <td>${levelOf(product)}</td>
    <td>${formatOf(product)}</td>
    <td class="count">${files === null || files === undefined ? html`<span class="quiet">–</span>` : files.toLocaleString("en")}</td>
    <td>${confirmation(confirmed)}</td>
  </tr>`;
}

export function products() {
  const { products: all } = state.setting.vocabulary;
  const chosen = new Set(state.good?.form.products.map(({ name }) => name));
  const shown = all.filter(isShown);
  const known = new Set(all.map(({ name }) => name));
  const others = [...chosen].filter((name) => !known.has(name));
  return html`
    <div class="filters" role="group" aria-label="Filter the products">
      <label class="wide">Filter <input type="search" .value=${live(filter.words)} @input=${change("words")} placeholder="images, magnetic, png" /></label>
      ${choice("instrument", "Instrument", unique(all.map(({ instrument }) => instrument)))}
      ${choice("level", "Level", unique(all.map(levelOf)).map(String))}
      <label class="check"><input type="checkbox" .checked=${live(filter.confirmed)} @change=${change("confirmed")} /> confirmed names only</label>
      <label class="check"><input type="checkbox" .checked=${live(filter.filled)} @change=${change("filled")} /> with files in this catalogue only</label>
    </div>
    <p class="quiet" role="status">${shown.length} of ${all.length} products, ${chosen.size} chosen</p>
    <div class="scroll products" tabindex="0" role="group" aria-label="Products">
      <table>
        <thead>
          <tr>
            <th scope="col">Product</th>
            <th scope="col">Instrument</th>
            <th scope="col">Level</th>
            <th scope="col">Format</th>
            <th scope="col" class="count">Files</th>
            <th scope="col">Spelling</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map((product) => row(product, chosen))}
        </tbody>
      </table>
    </div>
    ${shown.length
      ? nothing
      : html`<p class="empty-table">
          No product is like this. <button class="small" @click=${() => (Object.assign(filter, NO_FILTER), update())}>Clear the filters</button>
        </p>`}
    ${others.length
      ? html`<p class="quiet">Also in the query: ${others.map((name) => html`<code>${name}</code> `)} (patterns, or names that this vocabulary does not have)</p>`
      : nothing}
  `;
}
