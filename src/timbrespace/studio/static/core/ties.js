/**
 * Which parts belong together: what a part is made of, and what is made of it, can have one model only. Pure.
 */

/** @import {Part, Source} from "./types.js" */

/** Ids of what a source is made of. @param {Source} source @returns {string[]} */
function refs(source) {
  if (source.kind === "morph") return [source.a, source.b];
  return source.kind === "plane" ? source.points.flatMap(({ ref }) => ref ?? []) : [];
}

/**
 * A part, those that it is made of, and those made of it.
 * @param {string} id
 * @param {Pick<Part, "id" | "source">[]} parts
 * @returns {Set<string>}
 */
export function tied(id, parts) {
  const found = new Set([id]);
  for (const each of found) { // grows meanwhile
    for (const { id: other, source } of parts) {
      const below = refs(source);
      if (other === each) parts.filter((part) => below.includes(part.id)).forEach((part) => found.add(part.id));
      else if (below.includes(each)) found.add(other);
    }
  }
  return found;
}
