/**
 * The server's REST, one function a call. Each throws `ApiError` with a line for the musician; hand it to
 * `report`. Changes of one part go out in the order in which they were made.
 */
import { inTurn, json, packet, query, send } from "./http.js";

export { ApiError, report } from "./http.js";

/** @import {Changes, Control, Document, Edit, Osc, Sound, Source, State, View} from "./types.js" */

/** @typedef {{start?: number, end?: number, columns?: number, version?: "result" | "previous"}} Window  seconds */

const part_ = (/** @type {string} */ id, rest = "") => `/api/parts/${id}${rest}`;
const sound_ = (/** @type {string} */ id, rest = "") => `/api/sounds/${id}${rest}`;

/** Everything, at the start and after a change. @returns {Promise<State>} */
export const state = () => json("GET", "/api/state");

/**
 * The session, by id alone what is as it was at a revision that is known.
 * @param {string} session @param {number} since
 * @returns {Promise<Changes>}
 */
export const changes = (session, since) => json("GET", `/api/session/changes?session=${session}&since=${since}`);

/**
 * @param {{name?: string, active?: string, page?: Record<string, unknown>}} change
 * @returns {Promise<Changes>}
 */
export const changeSession = (change) => json("PATCH", "/api/session", change);

/** Sets up what a first visit hears. @returns {Promise<Document>} */
export const example = () => json("POST", "/api/example");

/** @returns {Promise<import("./types.js").Listed[]>} */
export const listSessions = () => json("GET", "/api/sessions");

/** @param {string} [name] */
export const newSession = (name) => json("POST", "/api/sessions", name ? { name } : {});

/** @param {string} id */
export const openSession = (id) => json("POST", `/api/sessions/${id}/open`);

/** @param {string} id */
export const duplicateSession = (id) => json("POST", `/api/sessions/${id}/duplicate`);

/** @param {string} id */
export const removeSession = (id) => json("DELETE", `/api/sessions/${id}`);

/** Of one that is not open. @param {string} id @param {string} name */
export const renameSession = (id, name) => json("PATCH", `/api/sessions/${id}`, { name });

/** What was put away comes back. @param {string} id */
export const restoreSession = (id) => json("POST", `/api/sessions/${id}/restore`);

/**
 * A session file that was saved before.
 * @param {File} file
 * @param {(share: number) => void} [progress]
 */
export const importSession = (file, progress) =>
  send(query("/api/sessions/import", { name: file.name }), file, progress);

/**
 * @param {Blob} data
 * @param {string} name
 * @param {"upload" | "microphone" | "result"} origin
 * @param {(share: number) => void} [progress]
 * @returns {Promise<Sound>}
 */
export const addSound = (data, name, origin, progress) =>
  send(query("/api/sounds", { name, origin }), data, progress);

/**
 * @param {string} id
 * @param {{name?: string, gain_db?: number, selection?: [number, number] | null, loop?: boolean}} change
 * @returns {Promise<Sound>}
 */
export const changeSound = (id, change) => inTurn(id, () => json("PATCH", sound_(id), change));

/** @param {string} id */
export const removeSound = (id) => json("DELETE", sound_(id));

/** @param {string} id */
export const restoreSound = (id) => json("POST", sound_(id, "/restore"));

/** @param {string} id @param {Window} window @param {AbortSignal} [signal] */
export const soundPeaks = (id, window, signal) => packet(query(sound_(id, "/peaks"), window), signal);

/** @param {string} id @param {Window & {model?: string}} window @param {AbortSignal} [signal] */
export const soundSpectrogram = (id, window, signal) => packet(query(sound_(id, "/spectrogram"), window), signal);

/** @returns {Promise<{groups: {name: string, items: {id: string, name: string, seconds: number}[]}[]}>} */
export const library = () => json("GET", "/api/library");

/** @param {string} id @returns {Promise<Sound>} */
export const takeFromLibrary = (id) => json("POST", `/api/library/${encodeURIComponent(id)}`);

/** @param {{name?: string, model: string, source: Source}} wanted @returns {Promise<View>} */
export const createPart = (wanted) => json("POST", "/api/parts", wanted);

/** @param {string} id @returns {Promise<View>} */
export const part = (id) => json("GET", part_(id));

/** @param {string} id @param {AbortSignal} [signal] */
export const series = (id, signal) => packet(part_(id, "/series"), signal);

/** @param {string} id @param {Edit} made @returns {Promise<View>} */
export const edit = (id, made) => inTurn(id, () => json("POST", part_(id, "/edits"), { edit: made }));

/** The series of a part with one more edit, not kept. @param {string} id @param {Edit} more */
export const tryEdit = (id, more) => packet(part_(id, "/preview"), undefined, { edit: more });

/** @param {string} id @returns {Promise<View>} */
export const undo = (id) => inTurn(id, () => json("POST", part_(id, "/undo")));

/** @param {string} id @returns {Promise<View>} */
export const redo = (id) => inTurn(id, () => json("POST", part_(id, "/redo")));

/** @param {string} id @param {Source} source @returns {Promise<View>} */
export const putSource = (id, source) => inTurn(id, () => json("PUT", part_(id, "/source"), { source }));

/**
 * @param {string} id
 * @param {{name?: string, loop?: boolean, selection?: [number, number] | null, seed?: number, model?: string,
 *   together?: boolean}} change
 * @returns {Promise<View>}
 */
export const changePart = (id, change) => inTurn(id, () => json("PATCH", part_(id), change));

/** @param {string} id */
export const removePart = (id) => json("DELETE", part_(id));

/** @param {string} id */
export const restorePart = (id) => json("POST", part_(id, "/restore"));

/** @param {string} id @returns {Promise<View>} */
export const duplicatePart = (id) => json("POST", part_(id, "/duplicate"));

/** @param {string} id @param {Window} window @param {AbortSignal} [signal] */
export const partPeaks = (id, window, signal) => packet(query(part_(id, "/peaks"), window), signal);

/** @param {string} id @param {Window} window @param {AbortSignal} [signal] */
export const partSpectrogram = (id, window, signal) => packet(query(part_(id, "/spectrogram"), window), signal);

/**
 * How loud what is rendered of a part is, and its source.
 * @typedef {{loudness_lufs: number}} Loud
 * @param {string} id
 * @returns {Promise<{result: Loud | null, previous: Loud | null, source: Loud | null}>}
 */
export const renders = (id) => json("GET", part_(id, "/render"));

/** @param {Blob} file @param {string} name @param {string} model @returns {Promise<View>} */
export const importSeries = (file, name, model) => send(query("/api/series", { model, name }), file);

/**
 * The dials of what a model plays.
 * @param {string} model
 * @returns {Promise<Control[]>}
 */
export const controls = (model) => json("GET", query("/api/controls", { model }));

/** Every dial back to where it rests. */
export const resetControls = () => json("POST", "/api/controls/reset");

/** @returns {Promise<Osc>} */
export const osc = () => json("GET", "/api/osc");

/**
 * Listen, and send; null: not that.
 * @param {string | null} hear
 * @param {string | null} sendTo
 * @returns {Promise<Osc>}
 */
export const switchOscOn = (hear, sendTo) => json("PUT", "/api/osc", { hear, send_to: sendTo });

/** @returns {Promise<Osc>} */
export const switchOscOff = () => json("DELETE", "/api/osc");

/** Where files to save are. */
export const addresses = {
  /** @param {string} id */
  sound: (id) => sound_(id, ".wav"),
  /** @param {string} id @param {"wav" | "flac"} format */
  result: (id, format) => query(part_(id, "/result.wav"), { format }),
  /** @param {string} id @param {"npz" | "csv"} format */
  latents: (id, format) => part_(id, `/latents.${format}`),
  session: "/api/session/file",
};
