"""Event files of TensorBoard, written byte by byte for the tests."""

import struct

from triage.history.tfrecord import masked_crc


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, content):
    """A field of bytes, or of a number where one is given."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def record(data):
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked_crc(length)) + data + struct.pack("<I", masked_crc(data))


def event(content=b"", step=0, time=1.6e9):
    return b"\x09" + struct.pack("<d", time) + (field(2, step) if step else b"") + content


def simple(tag, value):
    """A scalar as TensorFlow 1 and PyTorch write it."""
    return field(1, field(1, tag.encode()) + b"\x15" + struct.pack("<f", value))


def tensor(tag, value, dtype=1, content=None, shape=b"", plugin=b"scalars"):
    """A scalar as TensorFlow 2 and Keras write it."""
    content = field(4, struct.pack("<f", value)) if content is None else content
    body = field(1, dtype) + field(2, shape) + content
    metadata = field(9, field(1, field(1, plugin) + field(2, b""))) if plugin else b""
    return field(1, field(1, tag.encode()) + field(8, body) + metadata)


def summary(*values, step):
    return record(event(field(5, b"".join(values)), step))


def scalar(tag, step, value):
    return summary(simple(tag, value), step=step)


HEAD = record(event(field(3, b"brain.Event:2")))


def file_of(*records):
    return HEAD + b"".join(records)
