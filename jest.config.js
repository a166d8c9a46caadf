// Integration tests wait on real cameras and servers; each wait inside them has a deadline of its own that says what
// was waited for.
export default { projects: ['<rootDir>/apps/*', '<rootDir>/libs/*'], testTimeout: 90_000 };
