import { Module } from '@nestjs/common';
import { LibraryModule } from '../library/library.module';
import { RequestsModule } from '../requests/requests.module';
import { ProtectionsController } from './protections.controller';

@Module({ imports: [LibraryModule, RequestsModule], controllers: [ProtectionsController] })
export class ProtectionsModule {}
