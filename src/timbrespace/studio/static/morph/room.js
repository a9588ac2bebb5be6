/**
 * The morph between two sounds.
 */
import { html } from "htm/preact";
import { NotYet } from "../shell/notyet.js";

const View = () => html`<${NotYet} title="Morph" text="From one sound to another along a curve that you draw." />`;

/** @type {import("../core/types.js").Room} */
export const room = { id: "morph", title: "Morph", key: "2", View };
