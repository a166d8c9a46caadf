export * from './hash-file';
export * from './object-links';
export * from './object-store';
export { localBucket, localObjectFiles, localObjectFolders } from './local-layout';
export { checkBucket, checkKey } from './object-name';
export { ObjectsModule, type ObjectsConfig } from './objects.module';
