import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

// The arrows of docs/architecture.md: apps -> libs, never app -> app; lib -> lib only as listed.
const arrows = {
  base: [],
  contracts: ['base'],
  mp4: ['base'],
  footage: ['base', 'contracts', 'mp4'],
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

export default tseslint.config(
  { ignores: ['**/dist', '**/node_modules', '**/tmp', '**/data', '**/public', '.nx'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          checkDynamicDependenciesExceptions: ['.*'], // lazy loading is a browser's concern: here an import() only comes later
          depConstraints: [
            { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:lib', 'type:testing'] },
            { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:lib', 'type:testing'] },
            ...Object.entries(arrows).map(([from, to]) => ({
              sourceTag: lib(from),
              onlyDependOnLibsWithTags: [...to.map(lib), 'type:testing'],
            })),
          ],
        },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off', // Nest's options are classes that it takes as literals
      'max-lines': ['error', { max: 300 }],
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
            "ClassDeclaration:has(> Decorator) > ClassBody > MethodDefinition[kind='constructor'] > FunctionExpression > .params:not(:has(> Decorator))",
          message: 'Nest knows what to inject by @Inject(TOKEN) alone.',
        },
        {
          selector:
            "CallExpression[callee.property.name=/^(push|unshift|splice|max|min|fromCharCode|fromCodePoint)$/] > SpreadElement[argument.type!='ArrayExpression']",
          message:
            'Some 100,000 arguments overflow the stack: use a loop, concat, or largestOf and smallestOf of @vr/base.',
        },
      ],
    },
  },
  {
    files: [
      '**/*.spec.ts',
      'apps/*/src/testing/**/*.ts',
      'libs/testing/**/*.ts',
      'libs/recorded/**/*.ts',
      'apps/e2e/**/*.ts',
    ],
    rules: {
      'no-restricted-syntax': 'off',
      '@typescript-eslint/require-await': 'off',
    },
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
