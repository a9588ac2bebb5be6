/**
 * The codebook room.
 */
import { html } from "htm/preact";
import { NotYet } from "../shell/notyet.js";

const View = () => html`<${NotYet} title="Codes" text="The map of the model’s sounds, to play and to paint over." />`;

/** @type {import("../core/types.js").Room} */
export const room = { id: "codes", title: "Codes", key: "4", View };
