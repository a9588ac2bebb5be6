/**
 * Records from the microphone into the tray: one button, the level while it listens, the time that has passed.
 * A take is only lost where "Discard" is pressed: however else the dialogue closes, it is kept.
 */
import { html } from "htm/preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { openMicrophone } from "../core/microphone.js";
import { doc } from "../core/state.js";
import { palette } from "../core/theme.js";
import { clock } from "../geometry/ticks.js";
import { Button } from "../widgets/button.js";
import { Dialog } from "../widgets/dialog.js";
import { Icon } from "../widgets/icons.js";
import { Surface } from "../widgets/surface.js";
import { add } from "./adding.js";
import { CLIPPED, makeRecording, SHOWN } from "./recording.js";
import { wavOf } from "./wav.js";


/** @param {{close: () => void}} props */
export function Recorder({ close }) {
  const held = useMemo(makeRecording, []);
  const [failure, setFailure] = useState("");
  const end = useRef(() => {});
  useEffect(() => {
    let closed = false;
    openMicrophone(held.hear).then(
      (microphone) => {
        held.sampleRate = microphone.sampleRate;
        if (closed) void microphone.close();
        else end.current = () => void microphone.close();
      },
      (error) => setFailure(error.message),
    );
    const warn = (/** @type {Event} */ event) => held.recording.peek() && event.preventDefault();
    addEventListener("beforeunload", warn); // until it is kept it is only here
    return () => {
      removeEventListener("beforeunload", warn);
      closed = true;
      end.current();
    };
  }, []);
  const recording = held.recording.value;
  const keep = () => {
    const blocks = held.stop();
    if (blocks.length) add(wavOf(blocks, held.sampleRate), nextName(), "microphone");
    close();
  };
  held.full = keep;
  return html`<${Dialog} title="Record" close=${recording ? keep : close} class="recorder">
    ${
      failure
        ? html`<p class="trouble">${failure}</p>`
        : html`<div class="recorder-level">
            <${Surface} label="Level of the microphone" draw=${drawLevels(held.levels)} />
          </div>
          <div class="row recorder-row">
            <button type="button" class="record ${recording ? "on" : ""}" autofocus
              onClick=${recording ? keep : held.start} aria-label=${recording ? "Stop and keep" : "Record"}>
              <${Icon} name=${recording ? "stop" : "record"} size=${22} />
            </button>
            <output class="recorder-time">${clock(held.seconds.value, 1)}</output>
            <span class="grow muted">
              ${recording ? "Press again to stop; it goes into the tray." : "Press to record."}
              ${held.clipped.value ? " Too loud: it clips." : ""}
            </span>
            ${recording && html`<${Button} look="quiet" onClick=${close}>Discard<//>`}
          </div>`
    }
  <//>`;
}

function nextName() {
  const names = new Set(doc.peek()?.sounds.map((sound) => sound.name));
  let number = 1;
  while (names.has(`Recording ${number}`)) number += 1;
  return `Recording ${number}`;
}

/** @param {import("@preact/signals").Signal<number[]>} levels */
function drawLevels(levels) {
  return (
    /** @type {CanvasRenderingContext2D} */ context,
    /** @type {import("../widgets/surface.js").Size} */ { width, height },
  ) => {
    const step = width / SHOWN;
    const shown = levels.value;
    shown.forEach((peak, n) => {
      const tall = Math.max(1, Math.sqrt(peak) * height * 0.9);
      context.fillStyle = peak >= CLIPPED ? palette.value.danger : palette.value.second;
      context.fillRect(width - (shown.length - n) * step, (height - tall) / 2, step * 0.6, tall);
    });
  };
}
