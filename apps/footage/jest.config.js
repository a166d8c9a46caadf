export default { displayName: 'footage-cli', preset: '../../jest.preset.js' };
