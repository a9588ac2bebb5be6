// How large a waveform is drawn.

/**
 * The gain that shows a sound at nearly full height, as far as `most` allows: quiet ones stay smaller.
 *
 * @param {number} peak of full scale 1
 * @param {number} most
 */
export function showingGain(peak, most = 8) {
  return peak > 0 ? Math.min(0.95 / peak, most) : 1;
}
