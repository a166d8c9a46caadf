import { bootstrap } from '@vr/service';
import { AppModule } from './app.module';
import { consoleSettings } from './config';

await bootstrap({ name: 'console', settings: consoleSettings, module: AppModule });
