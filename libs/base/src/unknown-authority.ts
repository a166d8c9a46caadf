import { errorCode } from './error-code';

const CODES = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);
/** How OpenSSL words them, for libraries that pass on no code. */
const WORDS =
  /self.signed certificate|unable to verify the first certificate|unable to get (local )?issuer certificate/i;

/** Whether a TLS connection failed because nobody here vouches for the server's certificate. */
export function isUnknownAuthority(error: unknown): boolean {
  if (CODES.has(errorCode(error) ?? '') || WORDS.test(String(error))) return true;
  return error instanceof Error && error.cause !== undefined && isUnknownAuthority(error.cause);
}
