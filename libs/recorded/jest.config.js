export default { displayName: 'recorded', preset: '../../jest.preset.js' };
