/**
 * Everything that a room reads, in one place.
 *
 * A room is a module that exports `room`: {id, title, key, View, when?}. Its View is a Preact component; it
 * reads signals (`activePart.value`), draws on a `Surface` (widgets/surface.js), and
 *   - reads a part's series:      `const series = seriesOf(part.id).value`  (null while it is fetched)
 *   - lets a hand be heard:       `audio.preview(part.id, {edit})` on every move (core/audio.js)
 *   - keeps what the hand made:   `commit(part.id, edit)` or `putSource(part.id, source)` (core/actions.js)
 *   - plays:                      `audio.play(what, {from, loop})`, `audio.toggle()`
 *   - remembers small things:     `remembered("plane/zones", true)`, `remember("plane/zones", false)`
 *   - binds keys:                 `bindKeys([...])` in an effect (core/keys.js)
 *   - says what went wrong:       `report(error)` (core/api.js), `notify(text)` (core/notices.js)
 * Seconds are of the part's result; frames of its series; z is [L, D] row after row, in deviations.
 */
export * from "./state.js";
export { viewOf, seriesOf, renderOf } from "./series.js";
export { remember, remembered } from "./memory.js";
export { refresh } from "./sync.js";
