export default { displayName: 'janitor', preset: '../../jest.preset.js' };
