"""A short SuperCollider file for a model: nn.ar reads the same exported file as nn~.

Facts of nn.ar, from its help files: `NN.load(key, path)` loads a file on the server, `NN(key, method)
.ar(block, inputs)` plays a method with one input and output a channel, a block of -1 computes in the audio
thread with the smallest block there is, `NN(key).set(attribute, value)` sets a number. Synths of one key
share one state, so what sounds at the same time has a key of its own. The server must run at the model's
rate.
"""

from __future__ import annotations

from timbrespace.export.description import Attribute, Description

SHOWN_DIMENSIONS = 4  # with a bias to try

_PARTS = """\
// {name} in SuperCollider, with the extension nn.ar (github.com/elgiano/nn.ar).
// Run the blocks in brackets one after another. The model is {file}, seen from this file's folder.

// 1. A server at the model's sample rate, and the model, once for each thing that is to sound.
(
var file = "{file}".resolveRelative;
Server.default.options.sampleRate = {sample_rate};
Server.default.options.memSize = 2 ** 17;
Server.default.waitForBoot {{
	NN.load(\\convert, file, action: {{ |model| model.describe }});
	NN.load(\\latents, file);
	NN.load(\\played, file);
}};
)

// 2. What comes in, played by the model. {latency} samples later, and the block.
(
~convert = {{ NN(\\convert, \\forward).ar(-1, SoundIn.ar(0)) ! 2 }}.play;
)
{sets}
~convert.release(0.1);

// 3. Encoder and decoder: {latents} latents and the loudness in dB are ordinary signals between them.
(
~latents = {{
	var found = NN(\\latents, \\encode).ar(-1, SoundIn.ar(0));
	var loudness = found.last;
	var moved = found.drop(-1);
	moved[0] = moved[0] + MouseX.kr({low}, {high}).lag(0.1);
	NN(\\latents, \\decode).ar(-1, moved ++ [loudness]) ! 2
}}.play;
)
~latents.release(0.1);
"""

_FOLLOW = """
// 4. {descriptor} and loudness, played by hand: {low:g} to {high:g} {unit}, {quiet:g} to {loud:g} dB.
(
~played = {{
	var value = MouseX.kr({low:g}, {high:g}).lag(0.05);
	var loudness = MouseY.kr({loud:g}, {quiet:g}).lag(0.05);
	NN(\\played, \\follow_{descriptor}).ar(-1, [K2A.ar(value), K2A.ar(loudness)]) ! 2
}}.play;
)
~played.release(0.1);
"""


def supercollider_text(description: Description, file: str) -> str:
    """The text of a `.scd` file. file: the exported model, seen from its folder."""
    first = description.latent_ranges[0]
    span = (first.high - first.low) / 2
    text = _PARTS.format(
        name=description.name,
        file=file,
        sample_rate=description.sample_rate,
        latency=description.latency_samples,
        latents=description.latents,
        sets="\n".join(_set_line(attribute) for attribute in _shown(description)),
        low=f"{-span:g}",
        high=f"{span:g}",
    )
    quiet, loud = description.loudness_range_db
    for name, values in list(description.descriptors.items())[:1]:
        text += _FOLLOW.format(
            descriptor=name, low=values.low, high=values.high, unit=values.unit, quiet=quiet, loud=loud
        )
    return text


def _shown(description: Description) -> list[Attribute]:
    """The knobs of one number that are worth a line."""
    biases = {f"z{dimension}_bias" for dimension in range(SHOWN_DIMENSIONS)}
    kept = biases | {"aperiodicity", "loudness_offset_db", "dry_wet"}
    return [attribute for attribute in description.attributes if attribute.name in kept]


def _set_line(attribute: Attribute) -> str:
    code = f"NN(\\convert).set(\\{attribute.name}, {attribute.default:g});"
    unit = f" {attribute.unit}" if attribute.unit else ""
    return f"{code}  // {attribute.low:g} to {attribute.high:g}{unit}: {attribute.help}"
