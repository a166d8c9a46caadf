"""What a camera with faults sends of each picture, and what DESCRIBE says of them."""
import base64
import re
import struct

import rtp
from media_files import Pictures, sei

PICTURE_TYPE = 96
TICKS = 90000


class Media:
    """A loop of pictures: what is sent of each, and what DESCRIBE says of them."""

    def __init__(self, file, codec, b_frames):
        self.codec = codec
        self.shown_as = None
        if codec == 'vp8':
            self.units = ivf_frames(file)
        elif codec == 'mjpeg':
            self.units = jpeg_pictures(file)
        else:
            hevc = codec == 'h265'
            pictures = Pictures(file, hevc, b_frames)
            self.units, self.shown_as = pictures.units, pictures.shown_as

    def __len__(self):
        return len(self.units)

    def payloads(self, place, text):
        unit = self.units[place]
        if self.codec == 'vp8':
            return rtp.vp8_payloads(unit)
        if self.codec == 'mjpeg':
            return rtp.jpeg_payloads(unit)
        hevc = self.codec == 'h265'
        return rtp.h26x_payloads(unit.head + sei(text, hevc) + unit.tail, hevc)

    def description(self):
        if self.codec == 'mjpeg':
            return 26, ''
        name = {'h264': 'H264', 'h265': 'H265', 'vp8': 'VP8'}[self.codec]
        lines = f'a=rtpmap:{PICTURE_TYPE} {name}/{TICKS}\r\n'
        if self.codec == 'vp8':
            return PICTURE_TYPE, lines
        units = rtp.nal_units(self.units[0].head)
        if self.codec == 'h265':
            sets = {(unit[0] >> 1) & 63: base64.b64encode(unit).decode() for unit in units}
            sprops = f'sprop-vps={sets[32]};sprop-sps={sets[33]};sprop-pps={sets[34]}'
            return PICTURE_TYPE, f'{lines}a=fmtp:{PICTURE_TYPE} {sprops}\r\n'
        sets = {unit[0] & 31: base64.b64encode(unit).decode() for unit in units}
        sprops = f'packetization-mode=1;sprop-parameter-sets={sets[7]},{sets[8]}'
        return PICTURE_TYPE, f'{lines}a=fmtp:{PICTURE_TYPE} {sprops}\r\n'


def ivf_frames(path):
    with open(path, 'rb') as file:
        data = file.read()
    frames, at = [], struct.unpack('<H', data[6:8])[0]
    while at < len(data):
        size = struct.unpack('<I', data[at:at + 4])[0]
        frames.append(data[at + 12:at + 12 + size])
        at += 12 + size
    return frames


def jpeg_pictures(path):
    with open(path, 'rb') as file:
        data = file.read()
    starts = [found.start() for found in re.finditer(b'\xff\xd8\xff', data)]
    return [data[start:end] for start, end in zip(starts, starts[1:] + [len(data)])]
