/** tools/build-app.ts writes the version of package.json here. */
declare const VIDEO_RECORDER_VERSION: string | undefined;

export const BUILD_VERSION = typeof VIDEO_RECORDER_VERSION === 'string' ? VIDEO_RECORDER_VERSION : 'development';
