export declare const FPS: number;
export declare const LOOP_SECONDS: number;
export declare const LOOP_FRAMES: number;
export interface MediaOptions {
  folder: string;
  cameras?: number[];
  codec?: 'h264' | 'h265' | 'mjpeg' | 'vp8';
  audio?: 'none' | 'pcma' | 'pcmu' | 'l16' | 'g726' | 'aac';
  /** at most LOOP_SECONDS, and a whole part of it */
  gopSeconds?: number;
  bFrames?: number;
  /** 'WIDTHxHEIGHT' */
  size?: string;
}
export declare function ensureMedia(options: MediaOptions): Promise<string>;
