/**
 * When a session was changed, and what it holds, in words.
 */

const DAY_MS = 86_400_000;
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DATE = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });

/**
 * @param {string} changed  ISO 8601
 * @param {Date} [now]
 */
export function when(changed, now = new Date()) {
  const date = new Date(changed);
  if (Number.isNaN(date.getTime())) return "at an unknown time";
  const days = Math.round((midnight(now) - midnight(date)) / DAY_MS);
  if (days === 0) return `today, ${CLOCK.format(date)}`;
  if (days === 1) return `yesterday, ${CLOCK.format(date)}`;
  return DATE.format(date);
}

/** @param {Date} date */
const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/**
 * @param {number} count
 * @param {string} noun
 */
export const counted = (count, noun) => (count ? `${count} ${noun}${count === 1 ? "" : "s"}` : `no ${noun}s`);
