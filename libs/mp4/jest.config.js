export default { displayName: 'mp4', preset: '../../jest.preset.js' };
