import { peerOf } from './loopback-peer';

/** The door listens on 127.0.0.1:40000, and its client came from port 50000. */
const connection = { localAddress: '127.0.0.1', localPort: 40_000, remoteAddress: '127.0.0.1', remotePort: 50_000 };
const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const row = (local: string, remote: string, state: string, uid: number, inode: number): string =>
  `   7: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 ${uid}        0 ${inode} ` +
  '1 0000000000000000 20 4 30 10 -1';
const DOOR = '0100007F:9C40';
const CLIENT = '0100007F:C350';
const list = (...rows: string[]): string => [HEAD, ...rows, ''].join('\n');

describe('peerOf', () => {
  it('finds the socket whose both ends are those of the connection', () => {
    const ours = row(DOOR, CLIENT, '01', 0, 11);
    const elsewhere = row(CLIENT, '0100007F:1F90', '01', 0, 12);
    expect(peerOf(connection, list(elsewhere, ours, row(CLIENT, DOOR, '01', 65_534, 13)))).toEqual({
      uid: 65_534,
      inode: '13',
    });
  });

  it.each([
    ['another connection from the same port', [row(CLIENT, '0100007F:1F90', '01', 0, 12)]],
    ['the same port of another address', [row('0200007F:C350', DOOR, '01', 0, 12)]],
    ['one that is being closed, whose owner the kernel no longer knows', [row(CLIENT, DOOR, '05', 0, 0)]],
    ['two that match', [row(CLIENT, DOOR, '01', 0, 12), row(CLIENT, DOOR, '01', 65_534, 13)]],
    ['nothing', []],
  ])('finds none in %s', (_, rows) => {
    expect(peerOf(connection, list(...rows))).toBeUndefined();
  });

  it('finds none for a connection that is gone', () => {
    expect(
      peerOf({ ...connection, remoteAddress: undefined, remotePort: undefined }, list(row(CLIENT, DOOR, '01', 0, 12))),
    ).toBeUndefined();
  });
});
