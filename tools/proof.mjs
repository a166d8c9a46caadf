// node tools/proof.mjs NAME [OPTIONS]: the long forms of the proofs in apps/e2e/src/proofs (see docs/benchmarks.md).
import './typescript.mjs';

await import('../apps/e2e/src/proofs/cli.ts');
