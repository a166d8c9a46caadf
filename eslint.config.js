import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

// The arrows of docs/architecture.md: apps -> libs, never app -> app; lib -> lib only as listed.
const arrows = {
  base: [],
  contracts: ['base'],
  mp4: ['base'],
  footage: ['base', 'contracts', 'mp4'],
  rtsp: ['base'],
  audit: ['base', 'contracts'],
  library: ['base', 'contracts'],
  protections: ['base', 'contracts', 'footage'],
  retention: ['base', 'contracts', 'footage', 'library', 'audit', 'protections'],
  media: ['base', 'contracts'],
  pictures: ['base', 'contracts', 'footage', 'media'],
  service: ['base', 'contracts'],
  messaging: ['base', 'contracts', 'service'],
  objects: ['base', 'contracts', 'service'],
  queue: ['base', 'contracts', 'service'],
};
// Inside libs/footage: folder -> folders.
const footageArrows = {
  files: [],
  read: ['files'],
  write: ['files', 'read'],
  clip: ['files', 'read'],
  check: ['files', 'read', 'write'],
};
const lib = (name) => `lib:${name}`;
/** What tests stand on. Production code knows none of it. */
const forTests = ['@vr/testing', '@vr/recorded', '@vr/camera-simulator'];
const testTags = ['type:testing', 'type:simulator'];
const testCode = [
  '**/*.{spec,fixture,suite,bench}.ts',
  '**/src/testing/**/*.ts',
  'libs/testing/**/*.ts',
  'libs/recorded/**/*.ts',
  'apps/e2e/**/*.ts',
];

/** Prettier breaks code, and leaves comments and strings as they are. */
const maxLen = ['error', { code: 120, ignoreUrls: true, ignoreRegExpLiterals: true }];

export default tseslint.config(
  { ignores: ['**/dist', '**/node_modules', '**/tmp', '**/data', '**/public', '.nx', '**/schema.d.ts'] },
  {
    files: ['**/*.ts', '**/*.tsx', 'tools/*.mjs', 'deploy/local/*.mjs'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          // Lazy loading is a browser's concern: here an import() only comes later.
          checkDynamicDependenciesExceptions: ['.*'],
          // Plain .mjs of no project, which runs before anything is installed.
          allow: ['/deploy/local/[a-z-]+\\.mjs$'],
          depConstraints: [
            { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:lib', ...testTags] },
            { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:lib', ...testTags] },
            { sourceTag: 'type:simulator', onlyDependOnLibsWithTags: [] },
            ...Object.entries(arrows).map(([from, to]) => ({
              sourceTag: lib(from),
              onlyDependOnLibsWithTags: [...to.map(lib), ...testTags],
            })),
          ],
        },
      ],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: forTests.map((name) => ({ name, message: 'Production code knows nothing that is for tests.' })) },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      // Nest's options are classes that it takes as literals.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'max-lines': ['error', { max: 300 }],
      'max-len': maxLen,
      'no-restricted-syntax': [
        'error',
        { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Ask the Clock.' },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Ask the Clock.' },
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'process.env belongs to the config schema.',
        },
        {
          // The builds emit no decorator metadata: Nest would see no such parameter, and pass undefined.
          selector:
            "ClassDeclaration:has(> Decorator) > ClassBody > MethodDefinition[kind='constructor'] > " +
            'FunctionExpression > .params:not(:has(> Decorator))',
          message: 'Nest knows what to inject by @Inject(TOKEN) alone.',
        },
        {
          selector:
            'CallExpression[callee.property.name=/^(push|unshift|splice|max|min|fromCharCode|fromCodePoint)$/] > ' +
            "SpreadElement[argument.type!='ArrayExpression']",
          message:
            'Some 100,000 arguments overflow the stack: use a loop, concat, or largestOf and smallestOf of @vr/base.',
        },
      ],
    },
  },
  // Scripts of the browser and of configuration: ESLint does not know their types.
  { files: ['**/*.js', 'apps/e2e/**/*.mjs'], rules: { 'max-len': maxLen } },
  {
    files: testCode,
    rules: {
      '@typescript-eslint/no-restricted-imports': 'off',
      'no-restricted-syntax': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  // Tools and the local stack are no workers: they pass their environment on, and measure real time.
  {
    files: ['tools/**/*.{ts,mjs}', 'deploy/local/*.mjs', 'apps/camera-simulator/**/*.ts'],
    rules: { 'no-restricted-syntax': 'off', '@typescript-eslint/no-restricted-imports': 'off' },
  },
  ...Object.entries(footageArrows).map(([folder, may]) => ({
    files: [`libs/footage/src/${folder}/**/*.ts`],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: Object.keys(footageArrows)
            .filter((other) => other !== folder && !may.includes(other))
            .map((other) => ({ group: [`../${other}/*`], message: `${folder}/ does not know ${other}/.` })),
        },
      ],
    },
  })),
  // apps/cli is no service: it must start in a moment, and libs/service brings Nest.
  {
    files: ['libs/base/src/clock.ts', 'libs/service/src/config/*.ts', 'apps/cli/src/machine.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
