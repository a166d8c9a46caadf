export default { displayName: 'snapshotter', preset: '../../jest.preset.js' };
