/**
 * Soft take-over: a controller that is turned moves a dial only once it has come to where the dial stands, so
 * that nothing jumps. Everything in shares of a range, 0 to 1.
 */

/**
 * @typedef {object} Grip  what is known of a controller and its dial
 * @property {number} share  where the controller stood last
 * @property {boolean} held  whether it moves the dial
 * @property {number} time  milliseconds, when that was
 */

const NEAR = 1.5 / 127; // of the range: a step of a controller, and a little
const FRESH_MS = 400; // the dial may not have followed yet

/**
 * What a controller's move makes of its grip.
 * @param {Grip | null} before  null: the first move
 * @param {number} share  where the controller is now
 * @param {number} dial  where the dial is
 * @param {number} time  milliseconds
 * @returns {Grip}
 */
export function taken(before, share, dial, time) {
  const near = Math.abs(share - dial) <= NEAR;
  if (near || before === null) return { share, time, held: near };
  return { share, time, held: kept(before, dial, time) || passed(before.share, share, dial) };
}

/**
 * Whether it still holds: nothing else has moved the dial.
 * @param {Grip} grip
 * @param {number} dial
 * @param {number} time
 */
function kept(grip, dial, time) {
  return grip.held && (time - grip.time < FRESH_MS || Math.abs(grip.share - dial) <= NEAR);
}

/** @param {number} from @param {number} to @param {number} dial */
function passed(from, to, dial) {
  return (from - dial) * (to - dial) <= 0;
}

/**
 * Where a controller must go to take its dial over: 1 up, −1 down, 0: it has it.
 * @param {Grip | null} grip
 * @param {number} dial
 */
export function wayTo(grip, dial) {
  return !grip || grip.held ? 0 : Math.sign(dial - grip.share);
}
