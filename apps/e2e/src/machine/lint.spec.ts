// These lint rules catch mistakes that nothing else would show before a house runs.
import { join } from 'node:path';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { REPOSITORY, runToEnd } from '@vr/testing';

/** What `npx eslint` finds in a file of ours. */
async function ruleOf(file: string, rule: string): Promise<Linter.RuleEntry> {
  const eslint = join(REPOSITORY, 'node_modules/eslint/bin/eslint.js');
  const config = join(REPOSITORY, 'eslint.config.js');
  const { stdout } = await runToEnd(process.execPath, [
    eslint,
    '--config',
    config,
    '--print-config',
    join(REPOSITORY, file),
  ]);
  const { rules } = JSON.parse(stdout.toString()) as { rules: Record<string, Linter.RuleEntry> };
  const entry = rules[rule];
  if (entry === undefined) throw new Error(`${file}: wanted the rule ${rule}, it has none`);
  return entry;
}

describe('a constructor that Nest calls', () => {
  const RULE = 'no-restricted-syntax';
  let entry: Linter.RuleEntry;
  beforeAll(async () => {
    entry = await ruleOf('apps/janitor/src/app.module.ts', RULE);
  });
  const complaints = (code: string): string[] =>
    new Linter()
      .verify(
        code,
        [{ files: ['**/*.ts'], languageOptions: { parser: tseslint.parser }, rules: { [RULE]: entry } }],
        'a.ts',
      )
      .map(({ message }) => message);
  const NO_INJECT = 'Nest knows what to inject by @Inject(TOKEN) alone.';

  it('says @Inject of each parameter', () => {
    const body = 'constructor(@Inject(A) private readonly a: A, @Inject(B) b: B) { b.use(); }';
    expect(complaints(`@Injectable() class Worker { ${body} }`)).toEqual([]);
  });

  it.each(['private readonly b: B', 'b: B', 'b = 3'])('is an error where one does not: %s', (parameter) => {
    const body = `constructor(@Inject(A) private readonly a: A, ${parameter}) { b.use(); }`;
    expect(complaints(`@Injectable() export class Worker { ${body} }`)).toEqual([NO_INJECT]);
    expect(complaints(`@Controller('x') class Worker { ${body} }`)).toEqual([NO_INJECT]);
    expect(complaints(`class Plain { ${body} }`)).toEqual([]);
  });
});

describe('production code', () => {
  const RULE = '@typescript-eslint/no-restricted-imports';
  const FOR_TESTS = ['@vr/testing', '@vr/recorded', '@vr/camera-simulator'];

  it.each(['apps/janitor/src/app.module.ts', 'libs/media/src/probe.ts'])(
    'imports nothing for tests: %s',
    async (file) => {
      const entry = await ruleOf(file, RULE);
      const complaintsOf = (name: string): string[] =>
        new Linter()
          .verify(
            `import { x } from '${name}'; x();`,
            [
              {
                files: ['**/*.ts'],
                languageOptions: { parser: tseslint.parser },
                plugins: { '@typescript-eslint': tseslint.plugin },
                rules: { [RULE]: entry },
              },
            ],
            'a.ts',
          )
          .map(({ message }) => message);
      for (const name of FOR_TESTS)
        expect(complaintsOf(name)).toEqual([
          expect.stringContaining('Production code knows nothing that is for tests.'),
        ]);
      expect(complaintsOf('@vr/contracts')).toEqual([]);
    },
  );

  it.each(['apps/janitor/src/dry-run.int.spec.ts', 'apps/console/src/testing/browser-stage.ts'])(
    'is not what tests stand on: %s',
    async (file) => {
      expect([await ruleOf(file, RULE)].flat()[0]).toBe(0);
    },
  );
});
