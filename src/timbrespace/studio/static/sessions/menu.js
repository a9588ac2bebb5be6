/**
 * The menu of sessions, beside the session's name in the head of the page.
 */

/** Not here yet: sessions can be renamed, and keep themselves. */
export function SessionMenu() {
  return null;
}
