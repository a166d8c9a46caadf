import { Controller, Get, Inject } from '@nestjs/common';
import type { StorageAnswer } from '@vr/contracts';
import { StorageService } from './storage-service';

@Controller('api/storage')
export class StorageController {
  constructor(@Inject(StorageService) private readonly storage: StorageService) {}

  @Get()
  view(): Promise<StorageAnswer> {
    return this.storage.view();
  }
}
