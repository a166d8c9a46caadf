export default { displayName: 'recorder', preset: '../../jest.preset.js' };
