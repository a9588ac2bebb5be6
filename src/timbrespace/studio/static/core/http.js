/**
 * Requests to the server, and what goes wrong with them in words.
 */
import { notify } from "./notices.js";
import { unpack } from "./packets.js";

/** What the server, or the way to it, refused; the message is one line for the musician. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {number} [status]  0 where the server was not reached
   */
  constructor(message, status = 0) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

const UNREACHED = "The studio does not answer. Is it still running?";

/**
 * Show an error as a message; a request that was given up says nothing.
 * @param {unknown} error
 */
export function report(error) {
  if (error instanceof DOMException && error.name === "AbortError") return;
  if (!(error instanceof ApiError)) console.error(error);
  notify(error instanceof Error ? error.message : String(error), { kind: "error" });
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 */
async function request(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error instanceof DOMException) throw error;
    throw new ApiError(UNREACHED);
  }
  if (!response.ok) throw new ApiError(refusal(await response.text(), response.status), response.status);
  return response;
}

/**
 * The words of a refusal.
 * @param {string} body
 * @param {number} status
 */
export function refusal(body, status) {
  try {
    const { error } = JSON.parse(body);
    if (error) return String(error);
  } catch {
    // not the studio's own answer: say the status below
  }
  return status === 0 ? UNREACHED : `The studio answered ${status}.`;
}

/**
 * Ask for JSON, sending JSON where there is a body.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export async function json(method, path, body) {
  const options = body === undefined ? { method } : { method, ...asJson(body) };
  const text = await (await request(path, options)).text();
  return text ? JSON.parse(text) : null;
}

/**
 * Ask for a packet, sending JSON where there is a body.
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @param {unknown} [body]
 */
export async function packet(path, signal, body) {
  const sent = body === undefined ? {} : { method: "POST", ...asJson(body) };
  return unpack(await (await request(path, { signal, ...sent })).arrayBuffer());
}

/** @param {unknown} body */
function asJson(body) {
  return { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}

/**
 * Send a file's bytes, with progress, and read the JSON of the answer.
 * @param {string} path
 * @param {Blob} data
 * @param {(share: number) => void} [progress]
 * @returns {Promise<any>}
 */
export function send(path, data, progress) {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", path);
    sending.upload.onprogress = (event) => progress?.(event.total ? event.loaded / event.total : 0);
    sending.onerror = () => reject(new ApiError(UNREACHED));
    sending.onload = () => {
      if (sending.status < 300) resolve(JSON.parse(sending.responseText));
      else reject(new ApiError(refusal(sending.responseText, sending.status), sending.status));
    };
    sending.send(data);
  });
}

/**
 * A path with a query; what is null or undefined is left out.
 * @param {string} path
 * @param {Record<string, string | number | null | undefined>} values
 */
export function query(path, values) {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

/**
 * Who answers at this address: the studio that knows this page, another one, or nobody.
 * @param {string} path
 * @returns {Promise<"studio" | "stranger" | "nobody">}
 */
export async function answering(path) {
  try {
    const { ok } = await fetch(path, { credentials: "same-origin" });
    return ok ? "studio" : "stranger";
  } catch {
    return "nobody";
  }
}

/** @type {Map<string, Promise<unknown>>} */
const queues = new Map();

/**
 * Run changes of one thing one after the other, in the order they were asked for.
 * @template T
 * @param {string} key
 * @param {() => Promise<T>} run
 * @returns {Promise<T>}
 */
export function inTurn(key, run) {
  const turn = (queues.get(key) ?? Promise.resolve()).then(run, run);
  const over = turn.catch(() => undefined);
  queues.set(key, over);
  over.then(() => queues.get(key) === over && queues.delete(key));
  return turn;
}
