import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Inject, Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ExpressAdapter } from '@nestjs/platform-express';
import { BadSecretFileError, sharedSecret, type Clock } from '@vr/base';
import { AuditLog } from '@vr/audit';
import { CLOCK, CONFIG, ConfigError, LOGGER, type Logger } from '@vr/service';
import type { ConsoleConfig } from '../config';
import { messageBody } from '../http/body';
import { pageFolder } from '../http/page';
import { Credentials } from './credentials';
import { Doorkeeper } from './doorkeeper';
import { gate } from './gate';
import { HostNames } from './host-names';
import { securityHeaders } from './security-headers';
import { signIn } from './sign-in';
import { WrongTokenReport } from './wrong-token-report';
import { WrongTokens } from './wrong-tokens';

const SECRET_FILE = '.session-secret';

/**
 * Who may ask the console for what. It comes before every route and every parser, so nobody reads what it refuses.
 */
@Module({ providers: [{ provide: Doorkeeper, inject: [CONFIG, CLOCK, LOGGER], useFactory: makeDoorkeeper }] })
export class AccessModule {
  /**
   * Nest makes modules before it registers anything, so what is used here comes before its parsers and every route.
   */
  constructor(
    @Inject(HttpAdapterHost) { httpAdapter: http }: HttpAdapterHost<ExpressAdapter>,
    @Inject(CONFIG) config: Pick<ConsoleConfig, 'CONSOLE_ALLOWED_HOSTS' | 'CONSOLE_PUBLIC_URL' | 'CONSOLE_TRUST_PROXY'>,
    @Inject(Doorkeeper) doorkeeper: Doorkeeper,
  ) {
    const publicUrl = config.CONSOLE_PUBLIC_URL;
    const { page, post } = signIn(doorkeeper, pageFolder());
    http.set('trust proxy', config.CONSOLE_TRUST_PROXY);
    http.use(securityHeaders());
    http.use(
      gate({ names: new HostNames({ allowed: config.CONSOLE_ALLOWED_HOSTS, publicUrl }), doorkeeper, publicUrl }),
    );
    http.use('/api', ...messageBody());
    http.use('/login', ...post);
    http.use('/login.html', page);
  }
}

type DoorConfig = Pick<ConsoleConfig, 'CONSOLE_API_TOKEN' | 'OBJECTS_DIR' | 'AUDIT_DIR' | 'RECORDINGS_DIR'>;

async function makeDoorkeeper(config: DoorConfig, clock: Clock, logger: Logger): Promise<Doorkeeper> {
  const token = config.CONSOLE_API_TOKEN;
  const credentials =
    token === undefined ? undefined : new Credentials(token, await sessionSecret(config.OBJECTS_DIR, logger), clock);
  const report = new WrongTokenReport({ audit: AuditLog.of(config, clock), logger, clock });
  return new Doorkeeper(credentials, new WrongTokens(clock), report);
}

/**
 * It lies beside the secret of the signed links. Where it cannot be kept, everybody signs in again after a restart.
 * @throws ConfigError where something else lies in its place
 */
async function sessionSecret(objectsDir: string, logger: Pick<Logger, 'warn'>): Promise<Buffer> {
  try {
    return await sharedSecret(join(objectsDir, SECRET_FILE));
  } catch (error) {
    if (error instanceof BadSecretFileError) throw new ConfigError([`OBJECTS_DIR: ${error.message}`]);
    logger.warn({ err: error }, 'sessions end with this process: their secret cannot be kept in OBJECTS_DIR');
    return randomBytes(32);
  }
}
