// A path over the sounds of a model: from each time on, one of them sounds until the next. All functions give
// another path; times are in seconds from the path's beginning, which always has a point at 0.

/** @typedef {{seconds: number, row: number}} CodePoint */
/** @typedef {{points: CodePoint[], seconds: number}} CodePath seconds: how long it lasts */

const ROUNDED = 1e4; // tenths of a millisecond are kept

/**
 * What a hand recorded: a row and when it came under the hand, of which only changes count.
 *
 * @param {CodePoint[]} recorded rising in time
 * @param {number} until seconds at which the hand was lifted
 * @param {number} shortest seconds that a path lasts at least
 * @returns {CodePath}
 */
export function pathOf(recorded, until, shortest) {
  const start = recorded[0].seconds;
  const points = recorded
    .filter(({ row }, n) => n === 0 || row !== recorded[n - 1].row)
    .map(({ seconds, row }) => ({ seconds: round(seconds - start), row }));
  return { points, seconds: round(Math.max(shortest, until - start)) };
}

/**
 * The number of the point that sounds at a time; the first before, the last after.
 *
 * @param {CodePath} path
 * @param {number} seconds
 */
export function pointAt({ points }, seconds) {
  let [low, high] = [0, points.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle].seconds <= seconds) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * What lies from one time to another, moved to begin at 0.
 *
 * @param {CodePath} path
 * @param {number} from
 * @param {number} to
 * @returns {CodePath}
 */
export function trimmed(path, from, to) {
  const first = pointAt(path, from);
  const points = path.points
    .slice(first)
    .filter((point, n) => n === 0 || point.seconds < to)
    .map(({ seconds, row }) => ({ seconds: round(Math.max(0, seconds - from)), row }));
  return { points, seconds: round(to - from) };
}

/**
 * The same, faster or slower.
 *
 * @param {CodePath} path
 * @param {number} seconds that it shall last
 * @returns {CodePath}
 */
export function retimed(path, seconds) {
  const factor = seconds / path.seconds;
  return {
    points: path.points.map((point) => ({ ...point, seconds: round(point.seconds * factor) })),
    seconds: round(seconds),
  };
}

/**
 * Without sounds that are hardly there: one that is held for less than so long gives its time to the one before;
 * several in a row become as many as are held for long enough. The first stays.
 *
 * @param {CodePath} path
 * @param {number} shortest seconds
 * @returns {CodePath}
 */
export function thinned(path, shortest) {
  const least = shortest - 1e-9;
  const until = (/** @type {number} */ n) => path.points[n]?.seconds ?? path.seconds;
  const found = [path.points[0]];
  let n = 0;
  while (n < path.points.length) {
    const { seconds } = path.points[n];
    let next = n + 1;
    while (next < path.points.length && until(next) - seconds < least && until(next + 1) - until(next) < least)
      next += 1;
    if (n > 0 && until(next) - seconds >= least) found.push(path.points[n]);
    n = next;
  }
  return {
    points: found.filter(({ row }, at) => at === 0 || row !== found[at - 1].row),
    seconds: path.seconds,
  };
}

/**
 * One path after another.
 *
 * @param {CodePath} path
 * @param {CodePath} more
 * @returns {CodePath}
 */
export function joined(path, more) {
  const later = more.points.map(({ seconds, row }) => ({ seconds: round(path.seconds + seconds), row }));
  const points = [...path.points, ...later].filter(({ row }, n, all) => n === 0 || row !== all[n - 1].row);
  return { points, seconds: round(path.seconds + more.seconds) };
}

/**
 * Every row for so long, one after the other.
 *
 * @param {ArrayLike<number>} rows
 * @param {number} each seconds
 * @returns {CodePath}
 */
export function evenly(rows, each) {
  const points = Array.from(rows, (row, n) => ({ seconds: round(n * each), row }));
  return { points, seconds: round(rows.length * each) };
}

/** @param {number} seconds */
function round(seconds) {
  return Math.round(seconds * ROUNDED) / ROUNDED;
}
