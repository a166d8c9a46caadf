import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The certificate (PEM) of an authority that this machine does not know by itself, or several. It comes as a file's
 * path or as the text, and becomes the text. We read it once, so that a fault shows at the start and not at the first
 * connection.
 */
export const authority = z.string().transform((pathOrText, ctx): string => {
  try {
    const text = pathOrText.includes('-----BEGIN') ? pathOrText : readFileSync(pathOrText, 'utf8');
    const certificates = text.match(CERTIFICATE) ?? [];
    for (const certificate of certificates) new X509Certificate(certificate);
    if (certificates.length > 0) return certificates.join('\n');
    ctx.addIssue({ code: 'custom', message: 'wanted a file with a certificate in PEM (-----BEGIN CERTIFICATE-----)' });
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: `wanted the path of a certificate in PEM: ${(error as Error).message}` });
  }
  return z.NEVER;
});
