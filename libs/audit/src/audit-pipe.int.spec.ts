import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { OutsideRootError } from '@vr/base';
import { temporaryFolder } from '@vr/testing';
import { AuditLog } from './audit-log';

describe('an audit day that is a pipe', () => {
  it('is an error for whoever writes, instead of lines that nobody keeps', async () => {
    const folder = await temporaryFolder('audit');
    execFileSync('mkfifo', [join(folder.path, '2026-11-23.jsonl')]);
    const audit = new AuditLog(folder.path, { nowMs: () => Date.UTC(2026, 10, 23, 12), monotonicMs: () => 0 });
    const entry = [{ who: 'janitor', action: 'delete' as const, what: 'x', why: 'test' }];
    await expect(audit.write(entry)).rejects.toThrow(OutsideRootError);
    expect(() => audit.writeNow(entry)).toThrow(OutsideRootError);
    await folder.remove();
  });
});
