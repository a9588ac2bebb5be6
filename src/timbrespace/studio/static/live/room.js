/**
 * The microphone through the model.
 */
import { html } from "htm/preact";
import { NotYet } from "../shell/notyet.js";

const View = () => html`<${NotYet} title="Live" text="Your microphone through the model, and the loudspeaker." />`;

/** @type {import("../core/types.js").Room} */
export const room = { id: "live", title: "Live", key: "5", View };
