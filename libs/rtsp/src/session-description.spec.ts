import { describedParameterSets } from './described-sets';
import { parseSessionDescription } from './session-description';

const text = (...lines: string[]): string => `${lines.join('\r\n')}\r\n`;

describe('parseSessionDescription', () => {
  it('reads what a camera sends', () => {
    const { control, medias } = parseSessionDescription(
      text(
        ...['v=0', 'o=- 1 1 IN IP4 192.168.1.9', 's=Session streamed by "nessyMediaServer"', 't=0 0', 'a=control:*'],
        ...['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=control:trackID=0'],
        'a=fmtp:96 packetization-mode=1; profile-level-id=640029;sprop-parameter-sets=Z2QAKa0=,aO48sA==',
        ...['m=audio 0 RTP/AVP 0 97', 'a=rtpmap:97 MPEG4-GENERIC/16000/2', 'a=control:trackID=1', 'a=recvonly'],
        ...['m=audio 0 RTP/AVP 8', 'a=sendonly'],
        ...['m=application 0 RTP/AVP 107', 'a=rtpmap:107 vnd.onvif.metadata/90000'],
      ),
    );
    expect(control).toBe('*');
    expect(medias.map(({ kind }) => kind)).toEqual(['video', 'audio', 'audio', 'application']);
    const [video, sound, speaker] = medias;
    expect(video).toMatchObject({
      control: 'trackID=0',
      formats: [{ payloadType: 96, encoding: 'h264', clockRate: 90_000 }],
    });
    expect(video?.formats[0]?.parameters.get('sprop-parameter-sets')).toBe('Z2QAKa0=,aO48sA==');
    expect(medias.slice(0, 2).map(({ formats }) => formats[0] && describedParameterSets(formats[0]))).toEqual([
      [Buffer.from([0x67, 0x64, 0, 0x29, 0xad]), Buffer.from([0x68, 0xee, 0x3c, 0xb0])],
      [],
    ]);
    expect(sound?.formats).toMatchObject([
      { payloadType: 0, encoding: 'pcmu', clockRate: 8000 },
      { payloadType: 97, encoding: 'mpeg4-generic', clockRate: 16_000, channels: 2 },
    ]);
    expect(sound?.direction).toBe('recvonly');
    expect(speaker?.direction).toBe('sendonly');
  });

  it('bears lines that are broken, of any line end, and types that nobody named', () => {
    const { medias } = parseSessionDescription(
      'v=0\na\n=\nm=\rm=video x RTP/AVP 96 abc 999\na=rtpmap:\na=rtpmap:96\n' +
        'a=rtpmap:96 H265\na=rtpmap:96 H265/90000\n\0\na=fmtp:96\n',
    );
    expect(medias.at(-1)).toMatchObject({ kind: 'video', formats: [{ payloadType: 96, encoding: 'h265' }] });
  });

  it('bounds what it reads', () => {
    expect(parseSessionDescription('m=video 0 RTP/AVP 96\n'.repeat(1000)).medias).toHaveLength(32);
  });
});
