export declare const FPS: number;
export declare const LOOP_SECONDS: number;
export declare const LOOP_FRAMES: number;
export interface MediaOptions {
  folder: string;
  cameras?: number[];
  codec?: 'h264' | 'h265';
  audio?: 'none' | 'pcma' | 'pcmu' | 'aac';
  gopSeconds?: number;
  /** 'WIDTHxHEIGHT' */
  size?: string;
}
export declare function ensureMedia(options: MediaOptions): Promise<string>;
