import { Controller, Get, Inject } from '@nestjs/common';
import { StorageService, type StorageView } from './storage-service';

@Controller('api/storage')
export class StorageController {
  constructor(@Inject(StorageService) private readonly storage: StorageService) {}

  @Get()
  view(): Promise<StorageView> {
    return this.storage.view();
  }
}
