/**
 * The shapes of what the page and the server tell each other, for the type checker only.
 * They mirror `document.py` and the answers of `api_*.py`; nothing here runs.
 */

/** @typedef {number | "loudness"} Dimension */
/** @typedef {{seconds: number, db: number}} LevelPoint */
/** @typedef {number | LevelPoint[]} Loudness  dBFS, or a curve of it */
/** @typedef {"centroid" | "bandwidth" | "rolloff" | "flatness" | "f0"} Descriptor */

/** @typedef {{kind: "sound", sound: string, start?: number, end?: number | null}} SoundSource */
/** @typedef {{share: number, place: number}} MorphPoint */
/**
 * @typedef {object} MorphSource
 * @property {"morph"} kind
 * @property {string} a
 * @property {string} b
 * @property {MorphPoint[]} curve
 * @property {"stretch" | "trim" | "loop"} [align]
 * @property {"mix" | "a" | "b"} [loudness]
 * @property {"auto" | "line" | "even"} [course]
 */
/** @typedef {{z: number[], loudness_db: number}} Held */
/**
 * @typedef {object} PlanePoint  exactly one of ref, seed and held is given
 * @property {number} x
 * @property {number} y
 * @property {number} [radius]
 * @property {string} [name]
 * @property {number | null} [hue]  degrees, of its colour
 * @property {string | null} [ref]
 * @property {number | null} [seed]
 * @property {Held | null} [held]
 */
/** @typedef {{seconds: number, x: number, y: number}} PathPoint */
/**
 * @typedef {object} PlaneSource
 * @property {"plane"} kind
 * @property {PlanePoint[]} points
 * @property {PathPoint[]} path
 * @property {number} [seconds]
 * @property {"loop" | "stretch"} [align]
 * @property {number | null} [latents]
 * @property {number | null} [loudness]
 */
/** @typedef {{seconds: number, value: number}} TargetPoint */
/** @typedef {{descriptor: Descriptor, target: TargetPoint[]}} Aim */
/**
 * @typedef {{kind: "follow", aims: Aim[], loudness?: Loudness, continuity?: number, seconds?: number}}
 *   FollowSource
 */
/** @typedef {{seconds: number, row: number}} CodePoint */
/** @typedef {{kind: "codes", path: CodePoint[], loudness?: Loudness, seconds?: number}} CodesSource */
/** @typedef {{kind: "series", series: string}} SeriesSource */
/** @typedef {SoundSource | MorphSource | PlaneSource | FollowSource | CodesSource | SeriesSource} Source */

/** @typedef {{dimensions?: Dimension[] | null, start?: number | null, end?: number | null}} Place */
/**
 * @typedef {"scale" | "bias" | "random" | "reverse" | "smooth" | "stretch" | "quantise" | "clip" | "freeze" |
 *   "along"} OperatorName
 */
/**
 * @typedef {Place & {op: "operator", name: OperatorName, value?: number | null, smoothness_hz?: number | null,
 *   seed?: number, descriptor?: Descriptor | null}} Operator
 */
/** @typedef {{op: "draw", dimensions: Dimension[], start: number, values: number[][]}} Draw */
/** @typedef {Place & {op: "set", value: number}} SetTo */
/** @typedef {Place & {op: "erase"}} Erase */
/** @typedef {Place & {op: "reset"}} Reset */
/** @typedef {{op: "source", source: Source}} NewSource */
/** @typedef {Operator | Draw | SetTo | Erase | Reset | NewSource} Edit */

/**
 * @typedef {object} Sound
 * @property {string} id
 * @property {string} name
 * @property {number} sample_rate
 * @property {number} frames  samples at its own rate
 * @property {number} peak
 * @property {"upload" | "microphone" | "dataset" | "example" | "result"} origin
 * @property {number} gain_db
 * @property {[number, number] | null} selection  seconds
 * @property {boolean} loop
 */
/**
 * @typedef {object} Part
 * @property {string} id
 * @property {string} name
 * @property {string} model
 * @property {string} model_id  which model it was made with; "" where that was not noted
 * @property {Source} source  as it is now
 * @property {number} edits  how many there are
 * @property {number} cursor
 * @property {number} seed
 * @property {boolean} loop
 * @property {[number, number] | null} selection  frames
 */
/**
 * @typedef {object} Document
 * @property {string} id
 * @property {string} name
 * @property {string} created
 * @property {string} changed
 * @property {number} revision
 * @property {Sound[]} sounds
 * @property {Part[]} parts
 * @property {string | null} active
 * @property {Sound[]} removed_sounds
 * @property {Part[]} removed_parts
 * @property {Record<string, string | number | boolean | null>} page
 */
/**
 * A document in which a sound or part is its id alone where the page has it already.
 * @typedef {Omit<Document, "sounds" | "removed_sounds" | "parts" | "removed_parts"> & {sounds: (Sound | string)[],
 *   removed_sounds: (Sound | string)[], parts: (Part | string)[], removed_parts: (Part | string)[]}} Changes
 */

/**
 * @typedef {object} DimensionInfo
 * @property {string} name
 * @property {number} low
 * @property {number} high
 * @property {number} p5
 * @property {number} p95
 * @property {boolean} active
 * @property {string} meaning
 * @property {Record<string, number>} correlations
 */
/**
 * @typedef {{low: number, high: number, middle_low: number, middle_high: number, unit: string, sounds: number,
 *   covered: number, gaps: [number, number][]}} DescriptorInfo
 */
/**
 * @typedef {object} ModelInfo
 * @property {string} name
 * @property {"continuous" | "discrete"} kind
 * @property {string} model_id
 * @property {number} sample_rate
 * @property {number} hop
 * @property {number} n_fft
 * @property {number} frame_rate_hz
 * @property {number} latents
 * @property {number | null} codes
 * @property {DimensionInfo[]} dimensions
 * @property {{low: number, high: number, middle: number}} loudness
 * @property {Record<string, DescriptorInfo>} descriptors  only those that the model can be led by
 */
/**
 * @typedef {{id: string, name: string, changed: string, sounds: number, parts: number, problem?: string | null}}
 *   Listed
 */
/**
 * @typedef {{version: string, models: ModelInfo[], session: Document, problem: string | null, library: boolean}}
 *   State
 */
/**
 * @typedef {object} View  what the server says of a part
 * @property {Part} part
 * @property {string | null} problem  why it cannot be carried out, as where its model is not open
 * @property {number} frames
 * @property {number} frame_rate_hz
 * @property {string} fingerprint
 * @property {boolean} can_undo
 * @property {boolean} can_redo
 * @property {number} edits
 * @property {string | null} last_edit
 */
/**
 * @typedef {object} Series  a part as it is now, and as its source gave it; z is [L, D], row after row
 * @property {Float32Array} z
 * @property {Float32Array} loudness_db
 * @property {Float32Array} source_z
 * @property {Float32Array} source_loudness_db
 * @property {Int32Array | null} codes
 * @property {number} frames
 * @property {number} dimensions
 * @property {number} source_frames
 * @property {number} frame_rate_hz
 * @property {string} fingerprint
 */
/** @typedef {{share: number, error: string | null, fingerprint: string | null}} RenderState */

/**
 * @typedef {{kind: "part", part: string, version: "live" | "result" | "previous" | "source"}
 *   | {kind: "sound", sound: string} | {kind: "row", model: string, row: number, loudness_db?: number}
 *   | {kind: "plane", part: string, x: number, y: number} | {kind: "frame", part: string, frame: number}
 *   | {kind: "live", model: string}} What
 */
/**
 * @typedef {object} Transport
 * @property {boolean} playing
 * @property {boolean} waiting  it was asked for, and nothing has come yet
 * @property {What | null} what
 * @property {number} seconds  of the thing that is played
 * @property {[number, number] | null} loop  seconds
 */
/**
 * @typedef {object} Control  a dial of what is played, as live/controls.py describes it
 * @property {string} name
 * @property {string} help
 * @property {string} unit
 * @property {boolean} whole
 * @property {number} low
 * @property {number} high
 * @property {number} rest
 * @property {number | null} dimension  of the latents
 * @property {number[]} values
 */
/**
 * @typedef {{on: boolean, hear: string | null, send_to: string | null, received: number, sent: number,
 *   refused: number, note: string}} Osc
 */
/** @typedef {{start: number, end: number}} Range  seconds */
/** @typedef {import("./packets.js").Packet} Packet */
/**
 * @typedef {{id: string, title: string, key: string, View: import("preact").FunctionComponent<any>, when?: () =>
 *   boolean}} Room
 */

export {};
