import { Module } from '@nestjs/common';
import { ObjectsController } from '../objects/objects.controller';
import { ClipShelf } from './clip-shelf.adapter';
import { LibraryController } from './library.controller';
import { ProtectionShelf } from './protection-shelf.adapter';
import { SnapshotShelf } from './snapshot-shelf.adapter';

@Module({
  controllers: [LibraryController, ObjectsController],
  providers: [ClipShelf, SnapshotShelf, ProtectionShelf],
  exports: [ClipShelf, ProtectionShelf],
})
export class LibraryModule {}
