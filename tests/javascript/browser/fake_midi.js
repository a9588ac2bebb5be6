// A MIDI system for tests: devices come and go, and their controllers are moved, by `fakeMidi`.
{
  const inputs = new Map();
  const access = { inputs, outputs: new Map(), onstatechange: null };
  const device = (name) => ({ name, state: "connected", onmidimessage: null });
  globalThis.fakeMidi = {
    plug(name) {
      inputs.set(name, device(name));
      access.onstatechange?.({});
    },
    unplug(name) {
      inputs.delete(name);
      access.onstatechange?.({});
    },
    move(name, number, value, channel = 0) {
      const data = new Uint8Array([0xb0 | channel, number, value]);
      inputs.get(name)?.onmidimessage?.({ data });
    },
  };
  navigator.requestMIDIAccess = async () => access;
}
