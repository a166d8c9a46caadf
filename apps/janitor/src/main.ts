import { bootstrap, runOnce } from '@vr/service';
import { AppModule } from './app.module';
import { janitorSettings } from './config';
import { dryRun } from './dry-run';

if (process.argv.includes('--dry-run')) {
  await runOnce({ name: 'janitor', settings: janitorSettings }, (config, logger) =>
    dryRun(config, logger, (line) => process.stdout.write(`${line}\n`)),
  );
} else {
  await bootstrap({ name: 'janitor', settings: janitorSettings, module: AppModule });
}
