/** One life of an ffmpeg, as the recording sees it: its MP4 comes as fragments. */
import type { BlockPool } from '../footage/block-pool';
import { FragmentStream, type ArrivedFragment } from '../footage/fragment-stream';
import type { SourceEnding, SourceProcess, SourceRun } from './camera-source';

export class FfmpegRun implements SourceRun {
  readonly source = 'ffmpeg';

  constructor(
    private readonly process: SourceProcess,
    private readonly pool: BlockPool,
  ) {}

  get waitsForKeyFrame(): boolean {
    return this.process.waitsForKeyFrame;
  }

  async read(take: (fragment: ArrivedFragment) => void): Promise<void> {
    const stream = new FragmentStream(this.pool);
    try {
      await this.process.read((chunk) => {
        for (const fragment of stream.push(chunk)) take(fragment);
      });
    } catch (error) {
      await this.process.end();
      throw error;
    } finally {
      stream.end();
    }
  }

  end(): Promise<void> {
    return this.process.end();
  }

  ending(): Promise<SourceEnding> {
    return this.process.ending();
  }
}
