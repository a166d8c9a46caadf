/** The parameter sets that a description holds (RFC 6184, 8.1; RFC 7798, 7.1). Cameras may send them in band alone. */
import type { MediaFormat } from './session-description';

const NAMES = ['sprop-vps', 'sprop-sps', 'sprop-pps', 'sprop-parameter-sets'];

export function describedParameterSets({ parameters }: MediaFormat): Buffer[] {
  return NAMES.flatMap((name) => (parameters.get(name) ?? '').split(','))
    .map((text) => Buffer.from(text.trim(), 'base64'))
    .filter(({ length }) => length > 0);
}
