import { Body, Controller, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { Limiter, QueueFullError, type Clock } from '@vr/base';
import { BusyError, cameraTestBody, payloadReader, type CameraConfig, type CameraTestAnswer } from '@vr/contracts';
import { detectFfmpeg, lookAtCamera, type CameraTrouble, type FfmpegFeatures } from '@vr/media';
import { CameraRoster, CLOCK, knownCamera } from '@vr/service';
import type { Response } from 'express';
import { fieldsOf } from '../http/body';
import { viewerGone } from '../http/viewer-gone';

/** Each is a process for some seconds, and a session that the camera may have few of. */
const AT_ONCE = 2;
const MOST_WAITING = 4;
const RETRY_MS = 10_000;

/** Our own words: a camera's own might quote the URL with its password. */
const WHY: Record<CameraTrouble, string> = {
  refused: 'Nobody takes the connection at this address: are host and port right, and is the camera on?',
  unauthorized: 'The camera refuses this user and password.',
  not_found: 'The camera answers and knows no such path: see its manual for the path of its RTSP stream.',
  no_video: 'The camera answers and sends no video on this path.',
  late: 'No picture came within 10 seconds.',
  unreadable: 'Something answers, and it is no RTSP stream that can be read.',
};

const readCameraTest = payloadReader(cameraTestBody.shape, (read) => read);

/** What a camera sends, or why nothing comes. Passwords stay here. */
@Controller('api')
export class CameraTestController {
  private readonly tests = new Limiter(AT_ONCE, MOST_WAITING);
  private ffmpeg: Promise<FfmpegFeatures> | undefined;

  constructor(
    @Inject(CameraRoster) private readonly roster: CameraRoster,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  @Post('cameras/:id/test')
  @HttpCode(200)
  known(@Param('id') id: string, @Res({ passthrough: true }) response: Response): Promise<CameraTestAnswer> {
    return this.test(knownCamera(this.roster, id), response);
  }

  @Post('camera-test')
  @HttpCode(200)
  asked(@Body() body: unknown, @Res({ passthrough: true }) response: Response): Promise<CameraTestAnswer> {
    const { url, transport } = fieldsOf(body);
    return this.test(readCameraTest({ url, transport }, this.clock.nowMs()), response);
  }

  private async test(camera: Pick<CameraConfig, 'url' | 'transport'>, response: Response): Promise<CameraTestAnswer> {
    const gone = viewerGone(response);
    this.ffmpeg ??= detectFfmpeg();
    const ffmpeg = await this.ffmpeg.catch((error: unknown) => {
      this.ffmpeg = undefined;
      throw error;
    });
    try {
      return answerOf(await this.tests.run(() => lookAtCamera(camera, ffmpeg, gone), gone));
    } catch (error) {
      if (!(error instanceof QueueFullError)) throw error;
      throw new BusyError('too many cameras are tested at once: ask again later', RETRY_MS);
    }
  }
}

function answerOf(look: Awaited<ReturnType<typeof lookAtCamera>>): CameraTestAnswer {
  if (typeof look === 'string') return { works: false, trouble: look, message: WHY[look] };
  const { codec, width, height, fps, gopSeconds, bitrateKbps, audioCodec } = look;
  const rate = fps === undefined ? '' : `, ${fps} pictures a second`;
  const keys = gopSeconds === undefined ? '' : `, a key frame every ${gopSeconds} s`;
  const sound = audioCodec === undefined ? 'no sound' : `sound: ${audioCodec}`;
  return {
    works: true,
    message: `It sends ${codec} ${width}x${height}${rate}${keys}; ${sound}.`,
    ...{ codec, width, height, fps, gop_seconds: gopSeconds, bitrate_kbps: bitrateKbps, audio_codec: audioCodec },
  };
}
