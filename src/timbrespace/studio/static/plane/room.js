/**
 * The plane of interpolation.
 */
import { html } from "htm/preact";
import { NotYet } from "../shell/notyet.js";

const View = () => html`<${NotYet} title="Plane" text="Sounds as points on a plane; where you are is what you hear." />`;

/** @type {import("../core/types.js").Room} */
export const room = { id: "plane", title: "Plane", key: "3", View };
