export default { displayName: 'camera-simulator', preset: '../../jest.preset.js' };
