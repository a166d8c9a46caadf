/**
 * Decides which encoder records each camera. It remembers which encoders failed, chooses the next, and says so in the
 * log and the metrics.
 */
import type { Clock } from '@vr/base';
import type { RecordedStream, Encoder } from '@vr/contracts';
import {
  blamesEncoder,
  EncoderChoice,
  EncoderProbe,
  explainRefusal,
  type ChosenEncoder,
  type Encoding,
} from '@vr/media';
import { Gauge, type Logger, type Registry } from '@vr/service';
import type { EncoderSettings } from '../config';
import { endReason } from './end-reason';

/** An encoder has failed if ffmpeg ends so often without a picture and without a word. A crash says no word either. */
const SILENT_ENDS = 3;

export interface CameraEncodersOptions {
  defaults: EncoderSettings;
  clock: Clock;
  logger: Pick<Logger, 'info' | 'warn'>;
  registry: Registry;
}

interface CameraEncoder {
  /** Other settings begin a new choice. */
  settings: string;
  choice: EncoderChoice;
  silentEnds: number;
}

export class CameraEncoders {
  private readonly probe = new EncoderProbe();
  private readonly cameras = new Map<string, CameraEncoder>();
  private readonly inUse = new Map<string, ChosenEncoder['encoder']>();
  private readonly info: Gauge<'camera' | 'encoder'>;

  constructor(private readonly options: CameraEncodersOptions) {
    this.info = new Gauge({
      name: 'recorder_encoder_info',
      help: '1 for the encoder that a camera is recorded with; copy: as the camera sends it',
      labelNames: ['camera', 'encoder'],
      registers: [options.registry],
    });
  }

  /** Gives the encoding with which to open the camera now. Undefined means that ffmpeg copies the stream. */
  async choose(camera: RecordedStream): Promise<Encoding | undefined> {
    const wanted = camera.encoder ?? this.options.defaults.ENCODER;
    const settings = this.settingsOf(camera);
    const chosen =
      wanted === 'copy'
        ? { encoder: wanted, passedOver: [] }
        : await this.of(camera.id, wanted, settings).choice.choose();
    this.use(camera.id, wanted, chosen);
    return chosen.encoder === 'copy' ? undefined : { ...settings, encoder: chosen.encoder };
  }

  /** Call it when a run ended by itself. It gives true if the run's encoder failed, so that another one is next. */
  failed(cameraId: string, encoder: Encoder, lastWords: string, broughtPictures: boolean): boolean {
    const camera = this.cameras.get(cameraId);
    if (!camera) return false;
    const silent = !broughtPictures && endReason({ lastWords, crashed: false }) === 'camera_disconnected';
    camera.silentEnds = silent ? camera.silentEnds + 1 : 0;
    if (!blamesEncoder(lastWords) && camera.silentEnds < SILENT_ENDS) return false;
    const crashed = `${encoder}: ffmpeg ended ${SILENT_ENDS} times without a picture, and did not say why`;
    camera.choice.failed(encoder, blamesEncoder(lastWords) ? explainRefusal(encoder, lastWords) : crashed);
    camera.silentEnds = 0;
    return true;
  }

  private of(cameraId: string, wanted: Encoder | 'auto', settings: Omit<Encoding, 'encoder'>): CameraEncoder {
    const key = JSON.stringify([wanted, settings]);
    const known = this.cameras.get(cameraId);
    if (known?.settings === key) return known;
    const camera = {
      settings: key,
      choice: new EncoderChoice(wanted, settings, this.probe, this.options.clock),
      silentEnds: 0,
    };
    this.cameras.set(cameraId, camera);
    return camera;
  }

  private settingsOf({ bitrate, gop_size }: RecordedStream): Omit<Encoding, 'encoder'> {
    const { BITRATE, GOP_SIZE, NVENC_PRESET } = this.options.defaults;
    return { bitsPerSecond: bitrate ?? BITRATE, gopPictures: gop_size ?? GOP_SIZE, preset: NVENC_PRESET };
  }

  /** Logs one line when the encoder changes. A camera that goes on as before is silent. */
  private use(cameraId: string, wanted: string, { encoder, passedOver }: ChosenEncoder): void {
    const before = this.inUse.get(cameraId);
    if (before === encoder) return;
    if (before !== undefined) this.info.remove({ camera: cameraId, encoder: before });
    this.info.set({ camera: cameraId, encoder }, 1);
    this.inUse.set(cameraId, encoder);
    if (wanted === 'copy') return;
    const { logger } = this.options;
    const facts = { camera: cameraId, wanted, encoder, passedOver };
    const because = passedOver.length > 0 ? `. ${passedOver.join('. ')}` : '';
    if (encoder === 'copy')
      logger.warn(
        facts,
        `NO ENCODER WORKS: the recorder copies what the camera sends, without BITRATE and GOP_SIZE${because}`,
      );
    else if (encoder === wanted || (wanted === 'auto' && before === undefined))
      logger.info(facts, `the camera is encoded with ${encoder}${because}`);
    else logger.warn(facts, `the camera is encoded with ${encoder} instead of ${before ?? wanted}${because}`);
  }
}
