// Which of thousands of points lies nearest to the hand, found through a grid of cells: a few points are
// looked at instead of all, so that hovering costs nothing. Points are in 0…1; NaN ones are nowhere.

/**
 * cells: numbers of the points sorted by cell; starts: where each cell's begin in them, [side² + 1].
 *
 * @typedef {{xs: Float32Array, ys: Float32Array, side: number, cells: Int32Array, starts: Int32Array}} Grid
 */

const POINTS_IN_A_CELL = 2; // on average
const WIDEST = 1; // of the tangent: how far aside of a direction a neighbour may lie, 45°
const ASIDE = 2; // what lying aside counts, against lying far

/**
 * @param {Float32Array} xs [K]
 * @param {Float32Array} ys [K]
 * @returns {Grid}
 */
export function gridOf(xs, ys) {
  const side = Math.max(1, Math.round(Math.sqrt(xs.length / POINTS_IN_A_CELL)));
  const cellOf = Int32Array.from(xs, (x, n) =>
    isNaN(x + ys[n]) ? -1 : clamp(ys[n], side) * side + clamp(x, side),
  );
  const starts = new Int32Array(side * side + 1);
  for (const cell of cellOf) if (cell >= 0) starts[cell + 1] += 1;
  for (let cell = 0; cell < side * side; cell += 1) starts[cell + 1] += starts[cell];
  const cells = new Int32Array(starts[side * side]);
  const next = starts.slice();
  cellOf.forEach((cell, n) => {
    if (cell >= 0) cells[next[cell]++] = n;
  });
  return { xs, ys, side, cells, starts };
}

/**
 * The point nearest to a place, as distances are seen; −1 where none is near enough.
 *
 * @param {Grid} grid
 * @param {number} x
 * @param {number} y
 * @param {{width: number, height: number}} size pixels that 0…1 takes each way
 * @param {number} within pixels
 */
export function nearest(grid, x, y, size, within = Infinity) {
  const { side } = grid;
  const [column, row] = [clamp(x, side), clamp(y, side)];
  const found = { point: -1, square: within * within };
  for (let ring = 0; ring < side; ring += 1) {
    if (ring > 0 && beyond(grid, x, y, size, ring) ** 2 > found.square) break;
    for (let down = row - ring; down <= row + ring; down += 1) {
      const edge = Math.abs(down - row) === ring;
      for (let right = column - ring; right <= column + ring; right += edge ? 1 : 2 * ring) {
        if (down >= 0 && down < side && right >= 0 && right < side)
          lookAt(grid, down * side + right, x, y, size, found);
      }
    }
  }
  return found.point;
}

/**
 * What is nearest to a point in a direction, of that which lies within 45° of it; −1 where there is nothing.
 *
 * @param {Grid} grid
 * @param {number} from number of the point
 * @param {"left" | "right" | "up" | "down"} direction up is towards greater y
 * @param {{width: number, height: number}} size
 */
export function neighbour({ xs, ys }, from, direction, size) {
  const [along, sign] = { left: [0, -1], right: [0, 1], up: [1, 1], down: [1, -1] }[direction];
  let [best, least] = [-1, Infinity];
  for (let n = 0; n < xs.length; n += 1) {
    const away = [(xs[n] - xs[from]) * size.width, (ys[n] - ys[from]) * size.height];
    const ahead = away[along] * sign;
    const aside = Math.abs(away[1 - along]);
    const cost = ahead + ASIDE * aside;
    if (n !== from && ahead > 0 && aside <= WIDEST * ahead && cost < least) [best, least] = [n, cost];
  }
  return best;
}

/**
 * @param {Grid} grid
 * @param {number} cell
 * @param {number} x
 * @param {number} y
 * @param {{width: number, height: number}} size
 * @param {{point: number, square: number}} found is changed where something nearer is there
 */
function lookAt({ xs, ys, cells, starts }, cell, x, y, size, found) {
  for (let at = starts[cell]; at < starts[cell + 1]; at += 1) {
    const n = cells[at];
    const square = ((xs[n] - x) * size.width) ** 2 + ((ys[n] - y) * size.height) ** 2;
    if (square < found.square || (square === found.square && found.point < 0)) {
      found.point = n;
      found.square = square;
    }
  }
}

/**
 * How far away everything in a ring of cells is at least, in pixels; the place may lie outside of the grid.
 *
 * @param {Grid} grid
 * @param {number} x
 * @param {number} y
 * @param {{width: number, height: number}} size
 * @param {number} ring
 */
function beyond({ side }, x, y, size, ring) {
  const [column, row] = [clamp(x, side), clamp(y, side)];
  const gaps = [
    (x - (column - ring + 1) / side) * size.width,
    ((column + ring) / side - x) * size.width,
    (y - (row - ring + 1) / side) * size.height,
    ((row + ring) / side - y) * size.height,
  ];
  return Math.max(0, Math.min(...gaps));
}

/**
 * The cell along one axis.
 *
 * @param {number} share
 * @param {number} side
 */
function clamp(share, side) {
  return Math.min(side - 1, Math.max(0, Math.floor(share * side)));
}
