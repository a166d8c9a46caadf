#!/usr/bin/env python3
"""An IP camera that tells the truth: RTSP with authentication, over TCP or UDP. Its media are made beforehand.

    npx tsx src/make-media.ts /tmp/media 1,2                                 prints the folder for --media
    python3 camera.py --port 8554 --cams 1,2 --media /tmp/media/v2-...       rtsp://admin:camera1@127.0.0.1:8554/cam1

At the time t (seconds since the epoch) a camera shows frame floor(t * fps) mod (frames in the loop). Every access unit
carries an SEI message (user_data_unregistered, H.264 D.2.7 / H.265 D.2.8):
`wall=<epoch ms> n=<frames since the epoch> cam=<camera>`. The message survives `-c copy`. So there is an exact
answer to "which instants does this file hold, and is one missing".

stdin, a command a line (CAM is a number or *):
  stall CAM | resume CAM      no picture and no sound, or again
  withhold CAM | release CAM  no key frames, as for a client that joins in the middle of a long GOP; or again, from the
                              next one on
  switch CAM                  from the next key frame on the pictures of --other (and back)
  drop CAM COUNT | kick | quit
stdin's end ends the camera: it never outlives the process that started it.
stdout, a JSON object a line: {"event": "ready" | "play" | "idle" | "client" | "closed" | "done" | "error", ...}
SIGSTOP makes a camera that hangs with its connections open. SIGKILL makes one that crashes.
User name and password come from CAMERA_USER and CAMERA_PASSWORD (admin, camera1), so that no process list shows them.
"""
import argparse
import os
import sys
import threading
import time

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

from media_files import Pictures, read_audio_frames, sei  # noqa: E402
from report import report  # noqa: E402
from rtsp_server import serve  # noqa: E402

# A camera that was frozen for longer than this goes on with the present, and drops what it missed. A busy machine is
# not frozen.
FROZEN_SECONDS = 3

AUDIO = {
    'pcma': {
        'caps': 'audio/x-alaw,rate=8000,channels=1',
        'payloader': 'rtppcmapay', 'type': 8, 'rate': 8000, 'samples': 160,
    },
    'pcmu': {
        'caps': 'audio/x-mulaw,rate=8000,channels=1',
        'payloader': 'rtppcmupay', 'type': 0, 'rate': 8000, 'samples': 160,
    },
    'aac': {
        'caps': 'audio/mpeg,mpegversion=4,stream-format=adts,framed=true,rate=16000,channels=1',
        'payloader': 'aacparse ! rtpmp4gpay', 'type': 97, 'rate': 16000, 'samples': 1024,
    },
    'l16': {
        'caps': 'audio/x-raw,format=S16BE,layout=interleaved,rate=8000,channels=1',
        'payloader': 'rtpL16pay', 'type': 98, 'rate': 8000, 'samples': 160,
    },
    'g726': {
        'caps': 'audio/x-adpcm,layout=g726,bitrate=32000,rate=8000,channels=1',
        'payloader': 'rtpg726pay', 'type': 99, 'rate': 8000, 'samples': 160,
    },
}
VARIABLE_LOOP = 4

class Source:
    """An appsrc fed by wall time. The n-th unit belongs to the instant n * seconds_per_unit since the epoch."""

    def __init__(self, element, seconds_per_unit, wall_at_zero):
        self.element = element
        self.seconds_per_unit = seconds_per_unit
        self.wall_at_zero = wall_at_zero

    def push(self, data, shown, decoded=None):
        buffer = Gst.Buffer.new_wrapped(data)
        buffer.pts = self.running(shown)
        buffer.dts = self.running(shown if decoded is None else decoded)
        buffer.duration = int(self.seconds_per_unit * Gst.SECOND)
        self.element.emit('push-buffer', buffer)

    def running(self, wall):
        return max(0, int((wall - self.wall_at_zero) * Gst.SECOND))


def pictures_of(number, options):
    return (number - 1) % options.pictures + 1 if options.pictures else number


class Camera:
    """One mount point. Its media is shared: all clients see the same stream, which begins with the first of them."""

    def __init__(self, number, options):
        self.number = number
        self.hevc = options.codec == 'h265'
        self.fps = options.fps
        self.b_frames = options.b_frames
        self.variable = options.variable
        name = f'cam{pictures_of(number, options)}.{options.codec}'
        self.pictures, self.others = (
            Pictures(os.path.join(folder, name), self.hevc, options.b_frames) if folder else None
            for folder in (options.media, options.other)
        )
        self.audio = AUDIO.get(options.audio)
        beep = os.path.join(options.media, f'beep.{options.audio}')
        self.audio_frames = read_audio_frames(beep, options.audio) if self.audio else []
        self.stalled = self.withheld = self.to_switch = False
        self.to_drop = 0
        self.factory = GstRtspServer.RTSPMediaFactory()
        self.factory.set_launch(self.pipeline(options.codec))
        self.factory.set_shared(True)
        self.factory.set_latency(0)
        self.factory.connect('media-configure', self.on_configure)

    def pipeline(self, codec):
        def appsrc(name, caps):
            return f'appsrc name={name} is-live=true format=time leaky-type=downstream max-bytes=8000000 caps="{caps}"'

        video_caps = f'video/x-{codec},stream-format=byte-stream,alignment=au,framerate={self.fps}/1'
        payloader = f'rtp{codec}pay name=pay0 pt=96 config-interval=0 aggregate-mode=zero-latency'
        video = f'{appsrc("video", video_caps)} ! {codec}parse ! {payloader}'
        if not self.audio:
            return f'( {video} )'
        audio_payloader = f'{self.audio["payloader"]} name=pay1 pt={self.audio["type"]}'
        return f'( {video} {appsrc("audio", self.audio["caps"])} ! {audio_payloader} )'

    def on_configure(self, _factory, media):
        media.set_stop_on_disconnect(False)
        wanted, ended = threading.Event(), threading.Event()
        element = media.get_element()
        video, audio = element.get_by_name('video'), element.get_by_name('audio')
        video.connect('need-data', lambda *_: wanted.set())

        def on_unprepared(_media):
            ended.set()
            wanted.set()
            report('idle', camera=self.number)

        media.connect('unprepared', on_unprepared)
        threading.Thread(target=self.feed, args=(video, audio, wanted, ended), daemon=True).start()
        report('play', camera=self.number)

    def feed(self, video, audio, wanted, ended):
        wanted.wait()
        clock = video.get_clock()
        running_seconds = (clock.get_time() - video.get_base_time()) / Gst.SECOND if clock else 0.0
        wall_at_zero = time.time() - running_seconds
        pictures = Source(video, 1 / self.fps, wall_at_zero)
        sounds = Source(audio, self.audio['samples'] / self.audio['rate'], wall_at_zero) if audio else None
        # Parameter sets with the first picture even where it is no key frame, so that DESCRIBE need not wait for one.
        first_head = self.pictures.units[0].head
        unit, sound = self.first_after(time.time(), sounds)
        while not ended.is_set():
            # The encoder holds a picture back until it has seen what the picture refers to.
            sent_at = self.wall_of(unit + self.b_frames)
            sound_wall = sound * sounds.seconds_per_unit if sounds else float('inf')
            delay = min(sent_at, sound_wall) - time.time()
            if delay > 0:
                time.sleep(delay)
            elif delay < -FROZEN_SECONDS:
                unit, sound = self.first_after(time.time(), sounds)
                continue
            if sent_at <= sound_wall:
                if self.may_send_picture(unit):
                    pictures.push(*self.picture(unit, first_head))
                    first_head = None
                unit += 1
            else:
                if not self.stalled:
                    sounds.push(self.audio_frames[sound % len(self.audio_frames)], sound_wall)
                sound += 1

    def first_after(self, wall, sounds):
        unit = int(wall * self.fps) + 1
        return unit, int(unit / self.fps / sounds.seconds_per_unit) + 1 if sounds else 0

    def wall_of(self, n):
        """The instant that picture n shows. Variable: half of four seconds' pictures come in the first second."""
        if not self.variable:
            return n / self.fps
        loop, place = divmod(n, VARIABLE_LOOP * self.fps)
        half = VARIABLE_LOOP * self.fps / 2
        if place < half:
            return loop * VARIABLE_LOOP + place / half
        return loop * VARIABLE_LOOP + 1 + (place - half) / half * (VARIABLE_LOOP - 1)

    def may_send_picture(self, unit):
        key = self.pictures.units[unit % len(self.pictures)].key
        if key and self.to_switch:
            self.pictures, self.others, self.to_switch = self.others, self.pictures, False
        if self.stalled or (key and self.withheld):
            return False
        if self.to_drop > 0:
            self.to_drop -= 1
            return False
        return True

    def picture(self, n, first_head):
        """Its bytes, when it is shown, when it is decoded. n counts in decode order since the epoch."""
        place = n % len(self.pictures)
        unit = self.pictures.units[place]
        shown = n - place + self.pictures.shown_as[place]
        head = unit.head if unit.key or not first_head else first_head
        wall = self.wall_of(shown)
        truth = sei(f'wall={round(wall * 1000)} n={shown} cam={self.number}', self.hevc)
        return head + truth + unit.tail, wall, self.wall_of(n - self.b_frames)


def obey(server, cameras, loop):
    def kick():
        server.client_filter(lambda *_: GstRtspServer.RTSPFilterResult.REMOVE)
        return False

    for line in sys.stdin:
        command, *arguments = line.split() or ['']
        chosen = list(cameras.values()) if arguments[:1] in ([], ['*']) else [cameras[int(arguments[0])]]
        if command == 'quit':
            break
        if command == 'kick':
            GLib.idle_add(kick)
        for camera in chosen:
            if command in ('stall', 'resume'):
                camera.stalled = command == 'stall'
            elif command in ('withhold', 'release'):
                camera.withheld = command == 'withhold'
            elif command == 'switch':
                camera.to_switch = True
            elif command == 'drop':
                camera.to_drop = int(arguments[1])
        report('done', command=line.strip())
    GLib.idle_add(loop.quit)  # inside the loop: a quit that comes before its run would be lost


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--media', required=True)
    parser.add_argument('--host', default='127.0.0.1')
    parser.add_argument('--port', type=int, default=8554)
    parser.add_argument('--cams', default='1', help='numbers, with commas between them')
    parser.add_argument('--pictures', type=int, default=0, help='sets of pictures that cameras share; 0: each its own')
    parser.add_argument('--codec', choices=['h264', 'h265'], default='h264')
    parser.add_argument('--other', help='media of another size, with the same GOP, for the command switch')
    parser.add_argument('--b-frames', type=int, default=0, help='as the media were made')
    parser.add_argument('--variable', action='store_true', help='pictures at a rate that varies')
    parser.add_argument('--audio', choices=['none', *AUDIO], default='none')
    parser.add_argument('--auth', choices=['digest', 'basic', 'none'], default='digest')
    parser.add_argument('--fps', type=int, default=25, help="the media's, as media.ts makes it")
    options = parser.parse_args()

    Gst.init(None)
    cameras = {number: Camera(number, options) for number in map(int, options.cams.split(','))}
    server = serve(cameras, options)
    if not server.attach(None):
        report('error', message=f'cannot listen on {options.host}:{options.port}')
        return 1
    loop = GLib.MainLoop()
    threading.Thread(target=obey, args=(server, cameras, loop), daemon=True).start()
    report('ready', port=options.port, cameras=list(cameras))
    try:
        loop.run()
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == '__main__':
    status = main()
    sys.stdout.flush()
    os._exit(status)  # GStreamer's own threads may still hold the interpreter
