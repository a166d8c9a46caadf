export default { displayName: 'rtsp', preset: '../../jest.preset.js' };
