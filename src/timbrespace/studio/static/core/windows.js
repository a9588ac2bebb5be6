/**
 * Pictures of long things, fetched by the stretch that is looked at: an overview of all, and the detail in view.
 */
import { signal } from "@preact/signals-core";

/** @import {Packet, Range} from "./types.js" */

/**
 * start, end: seconds that were asked for. from, to: seconds that came: nothing lies beyond a sound's end.
 * @typedef {{packet: Packet, start: number, end: number, from: number, to: number}} Piece
 */

const SETTLED_MS = 40; // after the view's last move, until the detail is asked for
const WHOLE = 0.98; // of the length: the overview is detail enough

/**
 * @param {(window: {start: number, end: number, columns: number}, signal: AbortSignal) => Promise<Packet>} fetchWindow
 * @param {number} seconds  of all
 */
export function windowed(fetchWindow, seconds) {
  /** @type {import("@preact/signals-core").Signal<Piece | null>} */
  const overview = signal(null);
  /** @type {import("@preact/signals-core").Signal<Piece | null>} */
  const detail = signal(null);
  /** @type {import("@preact/signals-core").Signal<string | null>} */
  const failure = signal(null);
  const ending = new AbortController();
  let waiting = 0;
  let asked = "";
  let askedForAll = false; // a long part's takes a while: once is enough
  let inFlight = new AbortController();

  /** @param {Range} range @param {number} columns @param {typeof detail} into @param {AbortSignal} stopped */
  async function get(range, columns, into, stopped) {
    try {
      const packet = await fetchWindow({ ...range, columns }, stopped);
      failure.value = null;
      const { start = range.start, end = range.end } = packet.header;
      into.value = { packet, ...range, from: start, to: end };
    } catch (error) {
      if (!stopped.aborted) failure.value = error instanceof Error ? error.message : String(error);
    }
  }

  /** @param {number} columns */
  async function getAll(columns) {
    askedForAll = true;
    await get({ start: 0, end: seconds }, columns, overview, ending.signal);
    askedForAll = overview.peek() !== null;
  }

  return {
    overview,
    detail,
    failure,
    /** Say what is looked at. @param {Range} range @param {number} columns  on the screen */
    look(range, columns) {
      const wanted = `${range.start.toFixed(4)} ${range.end.toFixed(4)} ${columns}`;
      if (wanted === asked || columns < 2 || !(seconds > 0)) return;
      asked = wanted;
      clearTimeout(waiting);
      inFlight.abort();
      if (!askedForAll) void getAll(columns);
      if (range.end - range.start > WHOLE * seconds) return;
      inFlight = new AbortController();
      const { signal: stopped } = inFlight;
      waiting = window.setTimeout(() => get(range, columns, detail, stopped), SETTLED_MS);
    },
    end() {
      clearTimeout(waiting);
      inFlight.abort();
      ending.abort();
    },
  };
}
