export default { displayName: 'objects', preset: '../../jest.preset.js' };
