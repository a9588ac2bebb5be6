/**
 * OSC: switched on here, at the ports that stand beside; what goes through it and what was not understood.
 */
import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import * as api from "../core/api.js";
import { link } from "../core/link.js";
import { remember, remembered } from "../core/store.js";
import { Button } from "../widgets/button.js";

const COUNT_MS = 1000;
const HEAR = "9000";
const SEND = "127.0.0.1:9001";

/** @type {import("@preact/signals").Signal<import("../core/types.js").Osc | null>} */
const state = signal(null);

/** Why it could not be switched on, or "". */
const problem = signal("");

const hear = () => remembered("osc/in", HEAR);
const sendTo = () => remembered("osc/out", SEND);

/** @param {Promise<import("../core/types.js").Osc>} asked */
async function take(asked) {
  try {
    state.value = await asked;
    problem.value = "";
  } catch (error) {
    problem.value = error instanceof Error ? error.message : String(error);
    state.value = await api.osc().catch(() => null);
  }
}

const switchOn = () => take(api.switchOscOn(hear().trim() || null, sendTo().trim() || null));

function toggle() {
  return state.peek()?.on ? take(api.switchOscOff()) : switchOn();
}

export function OscPanel() {
  useEffect(() => {
    const look = () => api.osc().then((told) => (state.value = told), () => undefined);
    void look();
    const counting = setInterval(() => state.peek()?.on && look(), COUNT_MS);
    return () => clearInterval(counting);
  }, []);
  const on = state.value?.on ?? false;
  return html`<div class="osc">
    <div class="row"><${Button} pressed=${on}
      tip="Listen to OSC messages and send latents and loudness, as docs/live.md lists them" onClick=${toggle}>OSC<//>
    <${Port} label="in" tip="Port to listen at; this computer only, unless a host is given: 0.0.0.0:9000"
      name="osc/in" value=${hear()} disabled=${on} />
    <${Port} label="out" tip="Host and port that latents and loudness are sent to" name="osc/out" value=${sendTo()}
      disabled=${on} /></div>
    <${Said} />
  </div>`;
}

/** What there is to say of it, in one line. */
function Said() {
  const told = state.value;
  if (problem.value) return html`<span class="osc-said trouble clip" role="alert"
    data-tip=${problem.value}>${problem.value}</span>`;
  if (!told?.on) return html`<span class="osc-said"></span>`;
  return html`<span class="osc-said muted clip"
    data-tip=${told.note || undefined}>${told.received} in, ${told.sent} out${told.note && `; ${told.note}`}</span>`;
}

/** @param {{label: string, tip: string, name: string, value: string, disabled: boolean}} props */
function Port({ label, tip, name, value, disabled }) {
  const put = (/** @type {any} */ { currentTarget }) => remember(name, currentTarget.value);
  const enter = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter") return;
    put(event);
    void switchOn();
  };
  return html`<label class="osc-port row" data-tip=${tip}><span class="caption">${label}</span>
    <input class="field" value=${value} disabled=${disabled} spellcheck="false" autocomplete="off" onChange=${put}
      onKeyDown=${enter} />
  </label>`;
}

link.on("osc", (told) => (state.value = told));
