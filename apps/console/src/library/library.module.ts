import { Module } from '@nestjs/common';
import { ObjectsController } from '../objects/objects.controller';
import { StoredClips } from './stored-clips';
import { LibraryController } from './library.controller';
import { HeldProtections } from './held-protections';
import { StoredSnapshots } from './stored-snapshots';

@Module({
  controllers: [LibraryController, ObjectsController],
  providers: [StoredClips, StoredSnapshots, HeldProtections],
  exports: [StoredClips, HeldProtections],
})
export class LibraryModule {}
