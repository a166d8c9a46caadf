"""Reads what media.ts made: pictures as access units in decode order, sound as frames. No GStreamer, no time."""
import os

SEI_UUID = bytes.fromhex('4e56522d54455354a5a5a5a54e565221')
START_CODE = b'\0\0\0\1'
FRAME_BYTES = {'pcma': 160, 'pcmu': 160, 'l16': 320, 'g726': 80}


class AccessUnit:
    """One picture: `head` is everything before its first slice (delimiter, parameter sets), `tail` the slices."""

    def __init__(self, data, hevc):
        at = 0
        while True:
            at = data.index(b'\0\0\1', at)
            nal_type = (data[at + 3] >> 1) & 63 if hevc else data[at + 3] & 31
            if nal_type < 32 if hevc else nal_type in (1, 5):
                break
            at += 3
        if data[at - 1] == 0:
            at -= 1  # the four-byte form of the start code
        self.head, self.tail = data[:at], data[at:]
        self.key = 16 <= nal_type <= 21 if hevc else nal_type == 5


def read_access_units(path, hevc):
    with open(path, 'rb') as file:
        data = file.read()
    delimiter = START_CODE + (b'\x46\x01' if hevc else b'\x09')
    starts = []
    at = data.find(delimiter)
    while at >= 0:
        starts.append(at)
        at = data.find(delimiter, at + 4)
    return [AccessUnit(data[start:end], hevc) for start, end in zip(starts, starts[1:] + [len(data)])]


def sei(text, hevc):
    payload = SEI_UUID + text.encode()
    return START_CODE + (b'\x4e\x01' if hevc else b'\x06') + b'\x05' + bytes([len(payload)]) + payload + b'\x80'


def read_audio_frames(path, kind):
    with open(path, 'rb') as file:
        data = file.read()
    if kind != 'aac':
        size = FRAME_BYTES[kind]
        return [data[at:at + size] for at in range(0, len(data), size)]
    frames, at = [], 0
    while at < len(data):  # ADTS: 13 bits of frame length from the fourth byte on
        size = ((data[at + 3] & 3) << 11) | (data[at + 4] << 3) | (data[at + 5] >> 5)
        frames.append(data[at:at + size])
        at += size
    return frames[1:251]  # without the encoder's priming; 250 frames are 16 s to the sample


class Pictures:
    """A loop of access units, in decode order. With B-frames the n-th of them is not the n-th to be shown."""

    def __init__(self, path, hevc, b_frames):
        self.units = read_access_units(path, hevc)
        self.shown_as = display_order([unit.key for unit in self.units], b_frames)

    def __len__(self):
        return len(self.units)


def display_order(keys, b_frames):
    """Each unit's place among the pictures as shown, as an encoder with a fixed pattern of b_frames puts them out."""
    order = []
    starts = [at for at, key in enumerate(keys) if key]
    for start, end in zip(starts, starts[1:] + [len(keys)]):
        order.append(start)
        while len(order) < end:
            shown = len(order)
            anchor = min(shown + b_frames, end - 1)  # the last group of a GOP may be shorter
            order += [anchor, *range(shown, anchor)]
    return order
