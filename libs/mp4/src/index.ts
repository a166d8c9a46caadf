export { BoxSplitter, type Parts } from './box-splitter';
export {
  type Box,
  BOX_HEADER_BYTES,
  BoxError,
  boxesIn,
  findBox,
  findPath,
  LARGE_BOX_HEADER_BYTES,
  readBoxHeader,
} from './boxes';
export { codecsOf } from './codec-string';
export { creationTimesOf, withCreationTime } from './creation-time';
export { fragmentHeader, parseFragmentHeader, type TrackFragment, writeBaseDecodeTime } from './fragment-header';
export { haveOneSetUp, type InitSegment, parseInitSegment } from './init-segment';
export { joinedMoof } from './joined-moof';
export { type Chunks, type ClipTexts, moveChunks, type Movie, movieBox, type MovieTrack } from './movie-box';
export { parseMoof } from './moof';
export { changedParameterSets, taggedHvc1 } from './parameter-sets';
export { PRFT_BYTES, type ProducerTime, readProducerTime, writeProducerTime } from './producer-time';
export { buildRandomAccess, type KeyFragment, MFRO_BYTES, parseRandomAccess, randomAccessBytes } from './random-access';
export { SampleColumns } from './sample-columns';
export { compositionOffset, readDurations, writeDurations } from './sample-durations';
export { readSamples } from './samples';
export { box } from './box-writer';
export { fragmentHeadBytes, writeFragmentHead } from './fragment-writer';
export { initSegment } from './init-writer';
export { type NalCodec, type ParameterSet, readParameterSet } from './nal-sets';
