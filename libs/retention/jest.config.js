export default { displayName: 'retention', preset: '../../jest.preset.js' };
