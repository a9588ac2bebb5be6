"""The process that computes for the objects of one Pure Data: `python -m nn_standin.server`.

It talks over its standard input and output, in records: a kind (one letter), an object's number, a length in
bytes, then so many bytes. Requests: `o` open (file, method, buffer), `m` message, `p` a block of float32
[channels, T], `c` close. Each has one answer: `k` with the outcome, or `e` with a line for the console. Where
a method failed, that line follows the samples of the outcome.
"""

from __future__ import annotations

import os
import struct
import sys
from typing import BinaryIO

import numpy as np
import torch

from nn_standin.host import Host, HostError

HEADER = struct.Struct("=cii")  # kind, object, bytes
SHAPE = struct.Struct("=ii")  # inlets, outlets


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the other end closes."""
    objects: dict[int, Host] = {}
    while head := requests.read(HEADER.size):
        kind, number, length = HEADER.unpack(head)
        body = requests.read(length)
        if len(body) < length:
            return
        try:
            _send(answers, b"k", number, _answer(objects, kind, number, body))
        except (HostError, ValueError) as error:
            _send(answers, b"e", number, str(error).encode())
        answers.flush()


def _answer(objects: dict[int, Host], kind: bytes, number: int, body: bytes) -> bytes:
    if kind == b"o":
        file, method, buffer = body.decode().split("\n")
        host = objects[number] = Host(file, method, int(buffer))
        return SHAPE.pack(host.in_channels, host.out_channels)
    host = objects[number]
    if kind == b"p":
        output = host.process(np.frombuffer(body, np.float32).reshape(host.in_channels, -1))
        line, host.error = host.error, ""
        return output.tobytes() + line.encode()
    if kind == b"c":
        del objects[number]
        return b""
    _tell(host, *body.decode().split("\n"))
    return b""


def _tell(host: Host, selector: str, *atoms: str) -> None:
    """A message of the first inlet."""
    try:
        if selector == "set":
            host.set(atoms[0], *(float(value) for value in atoms[1:]))
        elif selector == "enable":
            host.enable(float(atoms[0]) != 0)
        elif selector == "bufsize":
            host.bufsize(int(float(atoms[0])))
        else:
            host.reload()
    except (ValueError, IndexError):
        raise HostError(f"the message '{' '.join((selector, *atoms))}' makes no sense") from None


def _send(answers: BinaryIO, kind: bytes, number: int, body: bytes) -> None:
    answers.write(HEADER.pack(kind, number, len(body)) + body)


if __name__ == "__main__":
    torch.set_num_threads(1)
    channel = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever prints must not break into the records
    serve(sys.stdin.buffer, channel)
