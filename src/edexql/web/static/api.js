// The endpoints of the service: JSON out, JSON back, and errors that can be shown to a person.

const ROOT = new URL("../api/", import.meta.url);
const PATIENCE = 60_000;

/** What the service, or the way to it, says against a request. `status` is 0 where nothing answered. */
export class Refusal extends Error {
  constructor(status, message, help = "") {
    super(message);
    this.status = status;
    this.help = help;
  }
}

/** Ask an endpoint. Throws Refusal; an abort by the caller's signal comes through as it is. */
export async function ask(name, body, { signal, token, method = "POST" } = {}) {
  const patience = AbortSignal.timeout(PATIENCE);
  let response;
  try {
    response = await fetch(new URL(name, ROOT), {
      method,
      headers: { "Content-Type": "application/json", ...(token ? { "X-Edexql-Token": token } : {}) },
      body: method === "GET" ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    const late = error.name === "TimeoutError";
    throw new Refusal(0, late ? "the service did not answer within a minute" : "the service cannot be reached");
  }
  const text = await response.text().catch(() => "");
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new Refusal(response.ok ? 502 : response.status, `the service answered with status ${response.status} and no JSON`);
  }
  if (response.ok) return answer;
  const [first = {}] = answer.diagnostics ?? [answer.error ?? answer];
  throw new Refusal(response.status, first.message ?? `the service answered with status ${response.status}`, first.help ?? "");
}

export const setting = (token) => ask("setting", null, { method: "GET", token });
