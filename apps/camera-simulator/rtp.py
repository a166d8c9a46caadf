"""RTP packets as cameras send them: pictures and sender reports.

Pictures are of H.264 (RFC 6184), H.265 (RFC 7798), VP8 (RFC 7741) and JPEG (RFC 2435).
"""
import struct

MOST_BYTES = 1300
UNIX_TO_NTP_SECONDS = 2208988800
STANDARD_TABLES = 255  # the quantization tables come with the picture


def packet(payload_type, source, sequence, stamp, last_of_picture, payload):
    first = (0x80 if last_of_picture else 0) | payload_type
    return struct.pack('!BBHII', 0x80, first, sequence & 0xffff, stamp & 0xffffffff, source) + payload


def sender_report(source, ntp_seconds, stamp):
    """ntp_seconds: since the Unix epoch, right or wrong."""
    since_1900 = ntp_seconds + UNIX_TO_NTP_SECONDS
    whole = int(since_1900 // 1)
    fraction = int((since_1900 - whole) * 2**32)
    stamps = (whole & 0xffffffff, fraction, stamp & 0xffffffff)
    return struct.pack('!BBHIIIIII', 0x80, 200, 6, source, *stamps, 0, 0)


def nal_units(access_unit):
    """Of an Annex B byte stream, without start codes."""
    units, at = [], access_unit.find(b'\0\0\1')
    while at >= 0:
        following = access_unit.find(b'\0\0\1', at + 3)
        unit = access_unit[at + 3:following if following >= 0 else None]
        units.append(unit.rstrip(b'\0') if following >= 0 else unit)
        at = following
    return units


def pieces(data):
    """In the order in which they are sent: what goes into one packet, whether it is the first, whether the last."""
    starts = range(0, len(data), MOST_BYTES)
    return [(data[at:at + MOST_BYTES], at == 0, at + MOST_BYTES >= len(data)) for at in starts]


def h26x_payloads(access_unit, hevc):
    payloads = []
    for unit in nal_units(access_unit):
        if len(unit) <= MOST_BYTES + 2:  # a fragment that is the first and the last one is not allowed
            payloads.append(unit)
            continue
        if hevc:
            header, kind, body = bytes([(unit[0] & 0x81) | (49 << 1), unit[1]]), (unit[0] >> 1) & 63, unit[2:]
        else:
            header, kind, body = bytes([(unit[0] & 0xe0) | 28]), unit[0] & 31, unit[1:]
        for piece, first, last in pieces(body):
            payloads.append(header + bytes([(0x80 if first else 0) | (0x40 if last else 0) | kind]) + piece)
    return payloads


def vp8_payloads(frame):
    return [bytes([0x10 if first else 0]) + piece for piece, first, _ in pieces(frame)]


def jpeg_payloads(picture):
    """Of a baseline 4:2:0 picture with the standard Huffman tables."""
    tables, width, height, at = b'', 0, 0, 2
    while True:
        marker, length = picture[at + 1], struct.unpack('!H', picture[at + 2:at + 4])[0]
        body = picture[at + 4:at + 2 + length]
        if marker == 0xdb:
            for start in range(0, len(body), 65):
                tables += body[start + 1:start + 65]
        elif marker == 0xc0:
            height, width = struct.unpack('!HH', body[1:5])
        at += 2 + length
        if marker == 0xda:
            break
    if len(tables) == 64:
        tables += tables  # one table for brightness and colour
    scan, payloads, offset = picture[at:-2], [], 0
    for piece, first, _ in pieces(scan):
        header = struct.pack('!I', offset) + bytes([1, STANDARD_TABLES, width // 8, height // 8])
        payloads.append(header + (struct.pack('!BBH', 0, 0, len(tables)) + tables if first else b'') + piece)
        offset += len(piece)
    return payloads
