#!/usr/bin/env python3
"""Cameras with faults: RTSP over TCP (interleaved), every time stamp under control. Only Python's standard library.

    python3 faultcam.py 9001 '{"slow": {"file": ".../cam1.h264", "statedFps": 25, "sentFps": 21}}'
                                                                             rtsp://127.0.0.1:9001/slow

The n-th picture since the epoch is sent at the instant n / sentFps. It says so in an SEI message
(`wall=<epoch ms> n=<n> cam=<number>`), as camera.py's pictures do. So there is an exact answer to which pictures a
recording lost, and how wrong its stamps are. Each client is a session of its own, which begins wherever the camera is.

Of a camera:
  file, codec        what media.ts made; h264 (default), h265, vp8 or mjpeg
  bFrames            as the file was made
  number             in the SEI messages
  beginsAt           anywhere (default), or keyFrame: a session's first picture is one, as with most cameras
  statedFps, sentFps 25: at which rate the RTP stamps count pictures, and at which they are really sent
  clump              1: so many pictures after each other carry one stamp
  stamps             true (default), stuck (all carry the first one's), jitter (each is off by up to 30 ms) or
                     milliseconds (a clock of 1 kHz where 90 kHz is promised)
  jumpSeconds        from jumpAfterSeconds (10) of a session on, stamps are off by so much
  secondTrack        none (default), metadata or audio
  reports            sender reports every reportEverySeconds (2) with an NTP time that is none (no reports, default),
                     good, stuck, zero or step: from stepAfterSeconds (6) of a session on, it is off by stepSeconds

stdin is not read; the camera ends with its process. stdout: `ready`, then a line for each request and each end of a
session.
"""
import json
import re
import socket
import struct
import sys
import threading

from fault_camera import Camera, Stream


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
            headers = f'Content-Type: application/sdp\r\nContent-Base: {url.rstrip("/")}/\r\n'
            reply('200 OK', headers, camera.description())
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
