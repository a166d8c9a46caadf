import { bootstrap } from '@vr/service';
import { AppModule } from './app.module';
import { checkTogether, consoleSettings } from './config';

await bootstrap({
  name: 'console',
  settings: consoleSettings,
  check: checkTogether,
  module: AppModule,
  guardsItself: true,
});
