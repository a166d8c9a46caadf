/** Why a camera's session ended, or never began. Its text says what was wanted and what came; no secret is in it. */
export type RtspFaultKind =
  /** The camera's answer, packet or description is not what RTSP, SDP, RTP or the codec allow. */
  | 'invalid'
  /** It answered, and refused: see `status`. */
  | 'refused'
  /** It wants credentials that we do not have, or other ones. */
  | 'unauthorized'
  /** It sent nothing that we record. */
  | 'unsupported'
  /** It did not answer in time. */
  | 'silent'
  /** The connection could not be made, or was closed by the other side. */
  | 'closed';

export class RtspFault extends Error {
  override readonly name = 'RtspFault';

  constructor(
    readonly kind: RtspFaultKind,
    message: string,
    /** The camera's own status code (RFC 2326, 7.1.1), where it refused. */
    readonly status?: number,
  ) {
    super(message);
  }
}
