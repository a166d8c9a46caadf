export default { displayName: 'protections', preset: '../../jest.preset.js' };
