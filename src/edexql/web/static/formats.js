// Numbers, sizes and times as edexql writes them everywhere.

export const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

/** Bytes for people: `540.57 MB`, where MB is 10^6 bytes. */
export function size(bytes) {
  if (bytes === null || bytes === undefined) return "";
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  for (const unit of ["kB", "MB", "GB"]) {
    bytes /= 1000;
    if (Math.round(bytes * 100) < 100_000) return `${bytes.toFixed(2)} ${unit}`;
  }
  return `${(bytes / 1000).toFixed(2)} TB`;
}

const two = (number) => String(number).padStart(2, "0");

/** Seconds for people: `53 s`, `7:33 min`, `1:02:03 h`. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}:${two(whole % 60)} min`;
  if (whole < 2 * 86_400) return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)} h`;
  return `${(whole / 86_400).toFixed(1)} days`;
}

/** `2019-05-01T15:05:34Z` as `2019-05-01 15:05:34`, for columns whose heading says UTC. */
export const moment = (iso) => (iso ? iso.replace("T", " ").replace(/Z$/, "") : "");

export const isoDay = (date) => date.toISOString().slice(0, 10);

export const dayOf = (text) => new Date(`${text}T00:00:00Z`);

/** `fai-lv1-hdf5-images` needs no quotes; anything that is no name does. */
export const quoted = (text) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/** A bound of a distribution or a field, short: 1,000 stays 1000, 0.30000000000000004 becomes 0.3. */
export const short = (number) => (number === null || number === undefined ? "" : String(Number(Number(number).toPrecision(6))));
