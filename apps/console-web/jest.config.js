export default { displayName: 'console-web', preset: '../../jest.preset.js' };
