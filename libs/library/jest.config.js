export default { displayName: 'library', preset: '../../jest.preset.js' };
