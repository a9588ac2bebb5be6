"""Sound files in and out: read whole or block by block, choose channels, change the rate, write safely."""

from timbrespace.audio.blocks import BlockReader, UnusableAudio
from timbrespace.audio.channels import Channel, parse_channel, select_channel
from timbrespace.audio.rates import BlockResampler, resample
from timbrespace.audio.reading import Audio, read_audio, without_offset
from timbrespace.audio.writing import AUDIO_EXTENSIONS, Written, write_audio

__all__ = [
    "AUDIO_EXTENSIONS",
    "Audio",
    "BlockReader",
    "BlockResampler",
    "Channel",
    "UnusableAudio",
    "Written",
    "parse_channel",
    "read_audio",
    "resample",
    "select_channel",
    "without_offset",
    "write_audio",
]
