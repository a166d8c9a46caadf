export * from './hash-file';
export * from './object-links';
export * from './object-store';
export { localBucket, localObjectFiles, localObjectFolders } from './local-layout';
export { checkKey } from './object-name';
export { ObjectsModule } from './objects.module';
