export default { displayName: 'clipper', preset: '../../jest.preset.js' };
