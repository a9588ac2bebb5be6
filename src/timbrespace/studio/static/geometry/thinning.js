// Few points for a dense line: Ramer, Douglas and Peucker's method, worst place first, so that a greatest
// number of points may be given as well as the deviation that is allowed.

/**
 * How far point `at` lies from the straight line between the points `from` and `to`.
 *
 * @callback Deviation
 * @param {number} at
 * @param {number} from
 * @param {number} to
 * @returns {number} at least 0
 */

/**
 * Between two kept points, the one that deviates most, and by how much.
 *
 * @typedef {{from: number, to: number, at: number, by: number}} Gap
 */

/**
 * Which points to keep, growing: the first and the last, and as many between as it takes that none of the
 * others deviates by more than the tolerance, but not more than `most` in all.
 *
 * @param {number} count of points
 * @param {Deviation} deviation
 * @param {number} tolerance in the deviation's unit
 * @param {number} most at least 2
 * @returns {number[]}
 */
export function kept(count, deviation, tolerance, most = Infinity) {
  if (count <= 2) return Array.from({ length: count }, (_, index) => index);
  const found = [0, count - 1];
  const heap = [worst(0, count - 1, deviation)];
  while (heap.length > 0 && found.length < most) {
    const gap = pop(heap);
    if (gap.by <= tolerance) break;
    found.push(gap.at);
    push(heap, worst(gap.from, gap.at, deviation));
    push(heap, worst(gap.at, gap.to, deviation));
  }
  return found.sort((one, other) => one - other);
}

/**
 * @param {number} from
 * @param {number} to
 * @param {Deviation} deviation
 * @returns {Gap}
 */
function worst(from, to, deviation) {
  const gap = { from, to, at: from, by: 0 };
  for (let at = from + 1; at < to; at += 1) {
    const by = deviation(at, from, to);
    if (by > gap.by) {
      gap.at = at;
      gap.by = by;
    }
  }
  return gap;
}

/**
 * Into a binary heap whose first is the widest deviation.
 *
 * @param {Gap[]} heap
 * @param {Gap} gap
 */
function push(heap, gap) {
  let place = heap.push(gap) - 1;
  while (place > 0) {
    const above = (place - 1) >> 1;
    if (heap[above].by >= gap.by) break;
    heap[place] = heap[above];
    place = above;
  }
  heap[place] = gap;
}

/**
 * The first of a heap, taken out.
 *
 * @param {Gap[]} heap not empty
 * @returns {Gap}
 */
function pop(heap) {
  const first = heap[0];
  const moved = /** @type {Gap} */ (heap.pop());
  if (heap.length === 0) return first;
  let place = 0;
  for (;;) {
    const left = 2 * place + 1;
    if (left >= heap.length) break;
    const child = left + 1 < heap.length && heap[left + 1].by > heap[left].by ? left + 1 : left;
    if (heap[child].by <= moved.by) break;
    heap[place] = heap[child];
    place = child;
  }
  heap[place] = moved;
  return first;
}
