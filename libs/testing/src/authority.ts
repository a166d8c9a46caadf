import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from './folders';
import { runToEnd } from './run';

/**
 * A certificate authority of one's own, as a house or a firm has it, and a server's certificate of it for localhost and
 * 127.0.0.1.
 */
export interface Authority {
  /** PEM files. */
  caPath: string;
  certificatePath: string;
  keyPath: string;
}

/** `expired`: the server's certificate was good until yesterday. */
export async function makeAuthority({ expired = false }: { expired?: boolean } = {}): Promise<Authority> {
  const { path } = await temporaryFolder('authority');
  const at = (name: string): string => join(path, name);
  const [ca, caKey, certificate, key, request, names] = [
    'ca.pem',
    'ca.key',
    'server.pem',
    'server.key',
    'server.csr',
    'names.txt',
  ].map(at) as [string, string, string, string, string, string];
  const keys = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await runToEnd('openssl', [
    'req',
    '-x509',
    ...keys,
    '-days',
    '2',
    '-subj',
    '/CN=a private authority',
    '-keyout',
    caKey,
    '-out',
    ca,
  ]);
  await runToEnd('openssl', ['req', ...keys, '-subj', '/CN=localhost', '-keyout', key, '-out', request]);
  await writeFile(names, 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const days = expired ? '-1' : '2';
  await runToEnd('openssl', [
    'x509',
    '-req',
    '-in',
    request,
    '-CA',
    ca,
    '-CAkey',
    caKey,
    '-CAcreateserial',
    '-days',
    days,
    '-extfile',
    names,
    '-out',
    certificate,
  ]);
  return { caPath: ca, certificatePath: certificate, keyPath: key };
}
