/**
 * Lanes under each other, one for each curve, the one in hand larger than the rest.
 */

/** @typedef {{top: number, height: number}} Lane  pixels */

const LARGER = 4; // times as high as another

/**
 * @param {number} count
 * @param {number} active  number of the larger one; −1: none
 * @param {number} height  of all, pixels
 * @returns {Lane[]}
 */
export function lanes(count, active, height) {
  const isThere = active >= 0 && active < count;
  const each = height / Math.max(1, count + (isThere ? LARGER - 1 : 0));
  return Array.from({ length: count }, (_, n) => ({
    top: each * (n + (isThere && n > active ? LARGER - 1 : 0)),
    height: n === active ? LARGER * each : each,
  }));
}

/**
 * The number of the lane at a height, or −1.
 * @param {Lane[]} all
 * @param {number} y
 */
export const laneAt = (all, y) => all.findIndex(({ top, height }) => y >= top && y < top + height);

/**
 * The numbers of the lanes that can be named without one name lying over another: the larger one always, of the
 * others as many as there is room for.
 * @param {Lane[]} all
 * @param {number} active  number of the larger one; −1: none
 * @param {number} line  pixels that a name takes
 * @returns {Set<number>}
 */
export function named(all, active, line) {
  const found = new Set(active in all ? [active] : []);
  const [slack, larger] = [0.5, all[active]?.top ?? 0];
  let free = 0;
  all.forEach((lane, n) => {
    const middle = lane.top + lane.height / 2;
    const [top, bottom] = [middle - line / 2, middle + line / 2];
    const isFree = top >= free - slack && (n > active || bottom <= larger + slack);
    if (n === active) free = lane.top + lane.height;
    else if (isFree) {
      found.add(n);
      free = bottom;
    }
  });
  return found;
}

/**
 * Where a value lies in a lane; what is beyond it stays at its edge.
 * @param {Lane} lane
 * @param {{low: number, high: number}} range  of the lane
 * @param {number} value
 */
export function toLane({ top, height }, { low, high }, value) {
  const share = high > low ? (value - low) / (high - low) : 0.5;
  return top + height * (1 - Math.min(1, Math.max(0, share)));
}
