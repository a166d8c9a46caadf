#!/usr/bin/env python3
"""Cameras with faults: RTSP over TCP (interleaved), with every time stamp under control. Python's standard library only.

    python3 faultcam.py 9001 '{"slow": {"file": ".../cam1.h264", "statedFps": 25, "sentFps": 21}}'       rtsp://127.0.0.1:9001/slow

The n-th picture since the epoch is sent at the instant n / sentFps and says so in an SEI message (`wall=<epoch ms> n=<n> cam=<number>`), as
camera.py's pictures do: which pictures a recording lost, and how wrong its stamps are, then has an exact answer. Each client is a session of
its own, that begins wherever the camera is.

Of a camera:
  file, codec        what media.mjs made; h264 (default), h265, vp8 or mjpeg
  bFrames            as the file was made
  number             in the SEI messages
  statedFps, sentFps 25: at which rate the RTP stamps count pictures, and at which they are really sent
  clump              1: so many pictures after each other carry one stamp
  stamps             true (default), stuck (all carry the first one's), jitter (each is off by up to 30 ms) or
                     milliseconds (a clock of 1 kHz where 90 kHz is promised)
  jumpSeconds        from jumpAfterSeconds (10) of a session on, stamps are off by so much
  secondTrack        none (default), metadata or audio
  reports            sender reports every reportEverySeconds (2) with an NTP time that is none (no reports, default), good, stuck, zero or step:
                     from stepAfterSeconds (6) of a session on, it is off by stepSeconds

stdin is not read; the camera ends with its process. stdout: `ready`, then a line for each request and each end of a session.
"""
import base64
import json
import random
import re
import socket
import struct
import sys
import threading
import time

import rtp
from media_files import Pictures, sei

PICTURE_SOURCE, SECOND_SOURCE = 0x1234567, 0x7654321
PICTURE_TYPE, METADATA_TYPE, AUDIO_TYPE = 96, 107, 0
TICKS = 90000
AUDIO_SECONDS, METADATA_SECONDS = 0.02, 0.2
METADATA = b'<?xml version="1.0"?><tt:MetadataStream><tt:Frame UtcTime="2026-11-23T10:00:00Z"/>' + b' ' * 300 + b'</tt:MetadataStream>'
FROZEN_SECONDS = 3  # a camera that was frozen for longer goes on with the present


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
            return PICTURE_TYPE, f'{lines}a=fmtp:{PICTURE_TYPE} sprop-vps={sets[32]};sprop-sps={sets[33]};sprop-pps={sets[34]}\r\n'
        sets = {unit[0] & 31: base64.b64encode(unit).decode() for unit in units}
        return PICTURE_TYPE, f'{lines}a=fmtp:{PICTURE_TYPE} packetization-mode=1;sprop-parameter-sets={sets[7]},{sets[8]}\r\n'


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


class Camera:
    def __init__(self, options):
        codec = options.get('codec', 'h264')
        self.media = Media(options['file'], codec, options.get('bFrames', 0))
        self.number = options.get('number', 1)
        self.b_frames = options.get('bFrames', 0)
        self.stated_fps = options.get('statedFps', 25)
        self.sent_fps = options.get('sentFps', 25)
        self.clump = options.get('clump', 1)
        self.stamps = options.get('stamps', 'true')
        self.jump = options.get('jumpSeconds', 0)
        self.jump_after = options.get('jumpAfterSeconds', 10)
        self.second_track = options.get('secondTrack', 'none')
        self.reports = options.get('reports', 'none')
        self.report_every = options.get('reportEverySeconds', 2)
        self.step = options.get('stepSeconds', 0)
        self.step_after = options.get('stepAfterSeconds', 6)

    def description(self):
        payload_type, lines = self.media.description()
        sdp = ('v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\na=control:*\r\n'
               f'm=video 0 RTP/AVP {payload_type}\r\nc=IN IP4 0.0.0.0\r\n{lines}a=control:track1\r\n')
        if self.second_track == 'metadata':
            sdp += f'm=application 0 RTP/AVP {METADATA_TYPE}\r\na=rtpmap:{METADATA_TYPE} vnd.onvif.metadata/{TICKS}\r\na=control:track2\r\n'
        if self.second_track == 'audio':
            sdp += f'm=audio 0 RTP/AVP {AUDIO_TYPE}\r\na=rtpmap:{AUDIO_TYPE} PCMU/8000\r\na=control:track2\r\n'
        return sdp

    def stamp_seconds(self, shown, since_start):
        """What the camera says of the picture that is the shown-th of the session."""
        if self.stamps == 'stuck':
            return 0
        seconds = (shown - shown % self.clump) / self.stated_fps
        if self.stamps == 'jitter':
            seconds += random.uniform(-0.03, 0.03)
        if self.stamps == 'milliseconds':
            seconds = seconds * 1000 / TICKS
        return seconds + (self.jump if since_start >= self.jump_after else 0)

    def ntp(self, began, now):
        """What the sender reports say the time is; None where there are none."""
        if self.reports == 'none':
            return None
        if self.reports == 'zero':
            return -rtp.UNIX_TO_NTP_SECONDS
        if self.reports == 'stuck':
            return began
        return now + (self.step if self.reports == 'step' and now - began >= self.step_after else 0)


class Stream:
    """One client's pictures, and whatever else it has asked for."""

    def __init__(self, camera, send, channels):
        self.camera = camera
        self.send = send  # (channel, bytes)
        self.channels = channels
        self.ended = threading.Event()
        self.sequences = {1: random.randrange(60000), 2: 7}
        self.first_stamp = random.randrange(2**31)

    def play(self):
        camera = self.camera
        began = time.time()
        first = unit = int(began * camera.sent_fps) + 1
        next_second = next_report = began
        while not self.ended.is_set():
            due = unit / camera.sent_fps
            delay = min(due, next_second) - time.time()
            if delay > 0:
                time.sleep(delay)
            elif delay < -FROZEN_SECONDS:
                unit, next_second = int(time.time() * camera.sent_fps) + 1, time.time()
                continue
            now = time.time()
            if next_second < due:
                next_second += self.send_second(now - began)
                continue
            stamp = self.send_picture(unit - camera.b_frames, first, now - began)
            if now >= next_report:
                next_report += camera.report_every
                self.send_reports(camera.ntp(began, now), stamp, now - began)
            unit += 1

    def send_picture(self, unit, first, since_start):
        """unit: its place in decoding order. An encoder with B-frames sends it once what it refers to was seen."""
        camera, media = self.camera, self.camera.media
        place = unit % len(media)
        shown = unit - place + media.shown_as[place] if media.shown_as else unit
        stamp = self.first_stamp + round(camera.stamp_seconds(shown - first, since_start) * TICKS)
        payloads = media.payloads(place, f'wall={round(shown / camera.sent_fps * 1000)} n={shown} cam={camera.number}')
        payload_type = media.description()[0]
        for i, payload in enumerate(payloads):
            self.send_rtp(1, PICTURE_SOURCE, payload_type, stamp, i == len(payloads) - 1, payload)
        return stamp

    def send_second(self, since_start):
        """The second track's next packet. Answers how many seconds later the one after it is due."""
        if 2 not in self.channels or self.camera.second_track == 'none':
            return METADATA_SECONDS
        if self.camera.second_track == 'audio':
            self.send_rtp(2, SECOND_SOURCE, AUDIO_TYPE, self.first_stamp + round(since_start * 8000), True, b'\xff' * 160)
            return AUDIO_SECONDS
        self.send_rtp(2, SECOND_SOURCE, METADATA_TYPE, self.first_stamp + round(since_start * TICKS), True, METADATA)
        return METADATA_SECONDS

    def send_reports(self, ntp, stamp, since_start):
        if ntp is None:
            return
        ticks = 8000 if self.camera.second_track == 'audio' else TICKS
        for track, source, of_track in ((1, PICTURE_SOURCE, stamp), (2, SECOND_SOURCE, self.first_stamp + round(since_start * ticks))):
            if track in self.channels:
                self.send(self.channels[track] + 1, rtp.sender_report(source, ntp, of_track))

    def send_rtp(self, track, source, payload_type, stamp, last, payload):
        if track not in self.channels:
            return
        self.sequences[track] += 1
        self.send(self.channels[track], rtp.packet(payload_type, source, self.sequences[track], stamp, last, payload))


class Client:
    """One RTSP connection (RFC 2326)."""

    def __init__(self, connection, cameras):
        self.connection = connection
        self.cameras = cameras
        self.sending = threading.Lock()
        self.channels = {}
        self.stream = None

    def serve(self):
        try:
            for method, url, head in self.requests():
                say(method, url)
                if not self.answer(method, url, head):
                    break
        except OSError as error:
            say('client ends', error)
        finally:
            if self.stream:
                self.stream.ended.set()
            self.connection.close()

    def requests(self):
        buffer = b''
        while True:
            received = self.connection.recv(65536)
            if not received:
                return
            buffer += received
            while buffer:
                if buffer[:1] == b'$':  # the client's own reports
                    size = 4 + struct.unpack('!H', buffer[2:4])[0] if len(buffer) >= 4 else 4
                    if len(buffer) < size:
                        break
                    buffer = buffer[size:]
                    continue
                head, found, rest = buffer.partition(b'\r\n\r\n')
                if not found:
                    break
                buffer = rest
                text = head.decode('utf8', 'replace')
                method, url = text.split(' ')[:2]
                yield method, url, text

    def answer(self, method, url, head):
        """False: the client goes."""
        sequence = re.search(r'CSeq: *(\d+)', head, re.I).group(1)

        def reply(status, headers='', body=''):
            length = f'Content-Length: {len(body)}\r\n' if body else ''
            self.write(f'RTSP/1.0 {status}\r\nCSeq: {sequence}\r\n{headers}{length}\r\n{body}'.encode())

        camera = self.cameras.get(re.sub(r'^rtsp://[^/]*/', '', url).split('/')[0])
        if camera is None:
            reply('404 Not Found')
        elif method == 'OPTIONS':
            reply('200 OK', 'Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n')
        elif method == 'DESCRIBE':
            reply('200 OK', f'Content-Type: application/sdp\r\nContent-Base: {url.rstrip("/")}/\r\n', camera.description())
        elif method == 'SETUP':
            interleaved = re.search(r'interleaved=(\d+)-(\d+)', head)
            if not interleaved:
                reply('461 Unsupported Transport')
                return True
            self.channels[2 if url.endswith('track2') else 1] = int(interleaved.group(1))
            reply('200 OK', f'Transport: RTP/AVP/TCP;unicast;{interleaved.group(0)}\r\nSession: 1;timeout=60\r\n')
        elif method == 'PLAY':
            reply('200 OK', 'Session: 1\r\n')
            self.stream = Stream(camera, self.write_interleaved, self.channels)
            threading.Thread(target=self.play, daemon=True).start()
        else:
            reply('200 OK', 'Session: 1\r\n')
        return method != 'TEARDOWN'

    def play(self):
        try:
            self.stream.play()
        except OSError as error:
            say('player ends', error)

    def write_interleaved(self, channel, data):
        self.write(b'$' + struct.pack('!BH', channel, len(data)) + data)

    def write(self, data):
        with self.sending:
            self.connection.sendall(data)


def say(*words):
    print(*words, flush=True)


def main():
    port, cameras = int(sys.argv[1]), {name: Camera(options) for name, options in json.loads(sys.argv[2]).items()}
    server = socket.create_server(('127.0.0.1', port), backlog=100)
    say('ready')
    while True:
        connection, _ = server.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=Client(connection, cameras).serve, daemon=True).start()


if __name__ == '__main__':
    main()
