export { encodeClip, type EncodeClipOptions } from './encode-clip';
export { runFfmpeg } from './ffmpeg';
export { detectFfmpeg, type FfmpegFeatures } from './features';
export { extractJpeg, type ExtractJpegOptions } from './jpeg';
export { jpegSize } from './jpeg-size';
export { MediaError } from './media-error';
export { probe, type MediaFacts } from './probe';
export { recordArguments } from './record-arguments';
export { spawnRecording, type RecordingProcess } from './recording-process';
