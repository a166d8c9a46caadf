/** Where depacketizers bring NAL units: in pieces, as packets hold them. Bytes are valid during the call only. */
export interface NalSink {
  /** A NAL unit begins. `timestamp` is RTP's; `arrivalMs` is when the packet came that it begins in. */
  begin(timestamp: number, arrivalMs: number): void;
  append(bytes: Buffer, from: number, to: number): void;
  /** `last`: RTP's marker stood on its packet, which says that the picture ends here. Cameras set it wrongly, too. */
  end(last: boolean): void;
  /** Packets are missing, or what came of this unit is no whole: the picture that they belong to is damaged. */
  lost(): void;
}
