import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeAuthority, temporaryFolder, type Authority } from '@vr/testing';
import { readEnvironment } from './environment';
import { settings } from './settings';

describe('a private authority in the settings', () => {
  let authority: Authority;
  let folder: string;
  const caOf = (NATS_CA: string): string | undefined =>
    readEnvironment({ NATS_CA: settings.nats.NATS_CA }, { NATS_CA }).NATS_CA;

  beforeAll(async () => {
    authority = await makeAuthority();
    folder = (await temporaryFolder('authority-settings')).path;
  });

  it('is named by its path, or is the text itself', async () => {
    const text = (await readFile(authority.caPath, 'utf8')).trim();
    expect(caOf(authority.caPath)).toBe(text);
    expect(caOf(text)).toBe(text);
  });

  it('may be several in one file, with words between', async () => {
    const both = join(folder, 'both.pem');
    const text = await readFile(authority.caPath, 'utf8');
    await writeFile(both, `the house\n${text}the firm\n${text}`);
    expect(caOf(both)?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  });

  it.each([
    [
      'no file',
      () => '/nowhere/ca.pem',
      /NATS_CA: wanted the path of a certificate in PEM: .*ENOENT.*\/nowhere\/ca\.pem/,
    ],
    ['a folder', () => folder, /NATS_CA: wanted the path of a certificate in PEM: .*EISDIR/],
    ['a key', () => authority.keyPath, /NATS_CA: wanted a file with a certificate in PEM/],
    [
      'a certificate that is none',
      () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      /NATS_CA: wanted the path of a certificate in PEM/,
    ],
  ])('is a fault of the configuration where it is %s', (_, value, fault) => {
    expect(() => caOf(value())).toThrow(fault);
  });
});
