// Colours by what the eye sees: Björn Ottosson's Oklab (2020), in which equal distances look equally large,
// to sRGB and back, and how much two colours contrast (WCAG 2).

/** lightness 0…1, then green–red and blue–yellow. @typedef {[number, number, number]} Lab */
/** 0…255 each. @typedef {[number, number, number]} Rgb */

/**
 * From lightness, chroma and hue.
 *
 * @param {number} lightness 0…1
 * @param {number} chroma
 * @param {number} degrees
 * @returns {Lab}
 */
export function fromHue(lightness, chroma, degrees) {
  const angle = (degrees * Math.PI) / 180;
  return [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)];
}

/**
 * @param {Lab} lab
 * @returns {[number, number, number]} linear light; beyond 0…1 where no screen shows it
 */
function toLinear([lightness, a, b]) {
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
}

/**
 * The colour that a screen shows for it: what none shows is made greyer, at the same lightness and hue.
 *
 * @param {Lab} lab
 * @returns {Lab}
 */
export function shown(lab) {
  if (displayable(toLinear(lab))) return lab;
  let [within, beyond] = [0, 1];
  while (beyond - within > 1e-4) {
    const middle = (within + beyond) / 2;
    if (displayable(toLinear(greyed(lab, middle)))) within = middle;
    else beyond = middle;
  }
  return greyed(lab, within);
}

/**
 * @param {Lab} lab
 * @returns {Rgb}
 */
export function toRgb(lab) {
  const [red, green, blue] = toLinear(shown(lab)).map((light) => Math.round(255 * encoded(light)));
  return [red, green, blue];
}

/**
 * @param {Lab} lab
 * @param {number} share of its chroma
 * @returns {Lab}
 */
function greyed([lightness, a, b], share) {
  return [lightness, share * a, share * b];
}

/** @param {number[]} linear */
function displayable(linear) {
  return linear.every((light) => light >= -1e-6 && light <= 1 + 1e-6);
}

/** sRGB's curve. @param {number} light */
function encoded(light) {
  const kept = Math.min(Math.max(light, 0), 1);
  return kept <= 0.0031308 ? 12.92 * kept : 1.055 * kept ** (1 / 2.4) - 0.055;
}

/**
 * How different two colours look.
 *
 * @param {Lab} one
 * @param {Lab} other
 */
export function difference(one, other) {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

/**
 * As CSS writes it, #rrggbb.
 *
 * @param {Rgb} rgb
 */
export function hex(rgb) {
  return `#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
