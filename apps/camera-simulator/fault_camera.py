"""A camera with faults, and a session of one of its clients: which packet goes when, with which stamp (faultcam.py)."""
import random
import threading
import time

import rtp
from fault_media import Media, TICKS

PICTURE_SOURCE, SECOND_SOURCE = 0x1234567, 0x7654321
METADATA_TYPE, AUDIO_TYPE = 107, 0
AUDIO_SECONDS, METADATA_SECONDS = 0.02, 0.2
METADATA_HEAD = b'<?xml version="1.0"?><tt:MetadataStream><tt:Frame UtcTime="2026-11-23T10:00:00Z"/>'
METADATA = METADATA_HEAD + b' ' * 300 + b'</tt:MetadataStream>'
FROZEN_SECONDS = 3  # a camera that was frozen for longer goes on with the present


class Camera:
    def __init__(self, options):
        codec = options.get('codec', 'h264')
        self.media = Media(options['file'], codec, options.get('bFrames', 0))
        self.number = options.get('number', 1)
        self.b_frames = options.get('bFrames', 0)
        self.begins_at = options.get('beginsAt', 'anywhere')
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
            sdp += (f'm=application 0 RTP/AVP {METADATA_TYPE}\r\n'
                    f'a=rtpmap:{METADATA_TYPE} vnd.onvif.metadata/{TICKS}\r\na=control:track2\r\n')
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
        first = unit = self.first_unit(began)
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

    def first_unit(self, began):
        camera = self.camera
        unit = int(began * camera.sent_fps) + 1
        units = camera.media.units
        while camera.begins_at == 'keyFrame' and not units[(unit - camera.b_frames) % len(units)].key:
            unit += 1
        return unit

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
            stamp = self.first_stamp + round(since_start * 8000)
            self.send_rtp(2, SECOND_SOURCE, AUDIO_TYPE, stamp, True, b'\xff' * 160)
            return AUDIO_SECONDS
        self.send_rtp(2, SECOND_SOURCE, METADATA_TYPE, self.first_stamp + round(since_start * TICKS), True, METADATA)
        return METADATA_SECONDS

    def send_reports(self, ntp, stamp, since_start):
        if ntp is None:
            return
        ticks = 8000 if self.camera.second_track == 'audio' else TICKS
        second_stamp = self.first_stamp + round(since_start * ticks)
        for track, source, of_track in ((1, PICTURE_SOURCE, stamp), (2, SECOND_SOURCE, second_stamp)):
            if track in self.channels:
                self.send(self.channels[track] + 1, rtp.sender_report(source, ntp, of_track))

    def send_rtp(self, track, source, payload_type, stamp, last, payload):
        if track not in self.channels:
            return
        self.sequences[track] += 1
        self.send(self.channels[track], rtp.packet(payload_type, source, self.sequences[track], stamp, last, payload))
