import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '@vr/testing';

describe('docs/operations.md', () => {
  it('holds the block of NATS users as it is shipped and tested', async () => {
    const [page, block] = await Promise.all(
      ['docs/operations.md', 'deploy/nats/users.conf'].map((path) => readFile(join(REPOSITORY, path), 'utf8')),
    );
    expect(page).toContain(`\`\`\`\n${block ?? ''}\`\`\``);
  });
});
