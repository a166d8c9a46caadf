import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { ExpressAdapter } from '@nestjs/platform-express';
import { BadSecretFileError, sharedSecret, type Clock } from '@vr/base';
import { AuditLog } from '@vr/audit';
import { CLOCK, CONFIG, ConfigError, LOGGER, Shutdown, type Logger } from '@vr/service';
import type { ConsoleConfig } from '../config';
import { messageBody } from '../http/body';
import { pageFolder } from '../http/page';
import { AccessAudit } from './access-audit';
import { Accounts } from './accounts';
import { ApiTokens } from './api-tokens';
import { ApiTokensController } from './api-tokens.controller';
import { Credentials } from './credentials';
import { Doorkeeper } from './doorkeeper';
import { gate } from './gate';
import { HostNames } from './host-names';
import { securityHeaders } from './security-headers';
import { SessionController } from './session.controller';
import { Sessions } from './sessions';
import { SessionsController } from './sessions.controller';
import { signIn } from './sign-in';
import { Users } from './users';
import { UsersController } from './users.controller';
import { WrongNames } from './wrong-names';
import { WrongTokenReport } from './wrong-token-report';
import { WrongTokens } from './wrong-tokens';

const SECRET_FILE = '.session-secret';
const SESSIONS_FILE = '.sessions.json';

/**
 * Who may ask the console for what. It comes before every route and every parser, so nobody reads what it refuses.
 */
@Module({
  controllers: [SessionController, SessionsController, UsersController, ApiTokensController],
  providers: [
    AccessAudit,
    { provide: Doorkeeper, inject: [CONFIG, CLOCK, LOGGER, Shutdown], useFactory: makeDoorkeeper },
  ],
  exports: [Doorkeeper, AccessAudit],
})
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

type DoorConfig = Pick<
  ConsoleConfig,
  'CONSOLE_API_TOKEN' | 'CONSOLE_ADMIN_PASSWORD' | 'USERS_FILE' | 'OBJECTS_DIR' | 'AUDIT_DIR' | 'RECORDINGS_DIR'
>;

async function makeDoorkeeper(
  config: DoorConfig,
  clock: Clock,
  logger: Logger,
  shutdown: Shutdown,
): Promise<Doorkeeper> {
  const token = config.CONSOLE_API_TOKEN;
  const credentials =
    token === undefined ? undefined : new Credentials(token, await sessionSecret(config.OBJECTS_DIR, logger), clock);
  const report = new WrongTokenReport({ audit: AuditLog.of(config, clock), logger, clock });
  return new Doorkeeper(
    credentials,
    new WrongTokens(clock),
    report,
    new WrongNames(clock),
    await makeAccounts(config, clock, logger, shutdown),
  );
}

async function makeAccounts(
  config: DoorConfig,
  clock: Clock,
  logger: Logger,
  shutdown: Shutdown,
): Promise<Accounts | undefined> {
  if (config.USERS_FILE === undefined) return undefined;
  const users = await Users.open(config.USERS_FILE, logger, () => config.CONSOLE_ADMIN_PASSWORD ?? madePassword());
  shutdown.register('intake', 'the watch of USERS_FILE', () => {
    users.close();
  });
  await mkdir(config.OBJECTS_DIR, { recursive: true });
  const sessions = await Sessions.open(join(config.OBJECTS_DIR, SESSIONS_FILE), { users, clock, logger });
  return new Accounts(users, sessions, await ApiTokens.open(config.USERS_FILE, clock, logger));
}

/** Said once, past the log, which masks passwords and is often kept for long. */
function madePassword(): string {
  const password = randomBytes(12).toString('base64url');
  process.stderr.write(`The console made the user "admin" with this password, which is not shown again: ${password}\n`);
  return password;
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
