/**
 * While the studio does not answer: what is so, what to do, and that nothing is lost. The page waits, its rooms
 * out of reach, since nothing could be kept; it goes on by itself as soon as the address answers again.
 */
import { computed, signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { answering } from "../core/http.js";
import { link } from "../core/link.js";
import { connection, doc } from "../core/state.js";
import { Button } from "../widgets/button.js";

const PATIENCE_MS = 1200; // before a lost connection is spoken of
const ASKING_MS = 1000;

/** Who answers while the connection is lost; null: it is not lost, or not for long. */
const found = signal(/** @type {"nobody" | "stranger" | null} */ (null));

/** Whether the studio is out of reach. */
export const isLost = computed(() => found.value !== null);

/** Look who answers; where it is the studio, connect at once. */
async function look() {
  const answer = await answering("/api/session");
  if (connection.peek() === "open") return;
  if (answer === "studio") link.open();
  else found.value = answer;
}

export function LostBanner() {
  const open = connection.value === "open";
  const known = doc.value !== null;
  useEffect(() => {
    if (open || !known) return void (found.value = null);
    let waiting = window.setTimeout(again, PATIENCE_MS);
    async function again() {
      await look();
      waiting = window.setTimeout(again, ASKING_MS);
    }
    return () => clearTimeout(waiting);
  }, [open, known]);
  if (open || !found.value) return null;
  return html`<div class="banner" role="alert">
    ${found.value === "nobody" ? html`<${Stopped} />` : html`<${Other} />`}
    <${Button} look="quiet" onClick=${look}>Look again<//>
  </div>`;
}

const Stopped = () => html`<p>
  <strong>The studio has stopped.</strong> What you made is kept. Start it again with${" "}
  <code>timbrespace studio</code>: after a crash this page goes on by itself, else open the address that it prints.
</p>`;

const Other = () => html`<p>
  <strong>The studio was started anew, with another address.</strong> What you made is kept. Open the address that
  it printed.
</p>`;
