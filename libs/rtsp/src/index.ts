export { CameraStream } from './camera-stream';
export { describedParameterSets } from './described-sets';
export { H264Depacketizer } from './depacketize-h264';
export { H265Depacketizer } from './depacketize-h265';
export { PictureAssembler, type Picture, type PictureMemory } from './picture-assembler';
export { ReadingTurns } from './reading-turns';
export { RtspFault } from './rtsp-fault';
