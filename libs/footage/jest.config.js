export default { displayName: 'footage', preset: '../../jest.preset.js' };
