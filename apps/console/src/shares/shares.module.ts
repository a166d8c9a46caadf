import { dirname, join } from 'node:path';
import { Module } from '@nestjs/common';
import type { Clock } from '@vr/base';
import { CLOCK, CONFIG, LOGGER, type Logger } from '@vr/service';
import { AccessModule } from '../access/access.module';
import { CamerasModule } from '../cameras/cameras.module';
import type { ConsoleConfig } from '../config';
import { FootageModule } from '../footage/footage.module';
import { SharePageController } from './share-page.controller';
import { Shares } from './shares';
import { SharesController } from './shares.controller';

const SHARES_FILE = '.shares.json';

const shares = {
  provide: Shares,
  inject: [CONFIG, CLOCK, LOGGER],
  useFactory: (
    { USERS_FILE, OBJECTS_DIR }: Pick<ConsoleConfig, 'USERS_FILE' | 'OBJECTS_DIR'>,
    clock: Clock,
    logger: Logger,
  ) => Shares.open(join(USERS_FILE === undefined ? OBJECTS_DIR : dirname(USERS_FILE), SHARES_FILE), clock, logger),
};

/** Links that show one range to people without an account. */
@Module({
  imports: [AccessModule, CamerasModule, FootageModule],
  controllers: [SharesController, SharePageController],
  providers: [shares],
})
export class SharesModule {}
