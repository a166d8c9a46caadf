import { Module } from '@nestjs/common';
import { ObjectsController } from '../objects/objects.controller';
import { ClipShelf } from './clip-shelf.adapter';
import { LibraryController } from './library.controller';
import { SnapshotShelf } from './snapshot-shelf.adapter';

@Module({ controllers: [LibraryController, ObjectsController], providers: [ClipShelf, SnapshotShelf], exports: [ClipShelf] })
export class LibraryModule {}
