/**
 * The latent editor: all dimensions over time.
 */
import { html } from "htm/preact";
import { NotYet } from "../shell/notyet.js";

const View = () => html`<${NotYet} title="Editor" text="All dimensions of the sound over time, to bend by hand." />`;

/** @type {import("../core/types.js").Room} */
export const room = { id: "editor", title: "Editor", key: "1", View };
