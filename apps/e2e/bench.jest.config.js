export default { displayName: 'bench', preset: '../../jest.preset.js', testMatch: ['<rootDir>/src/**/*.bench.ts'] };
