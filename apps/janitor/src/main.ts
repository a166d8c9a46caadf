import { bootstrap } from '@vr/service';
import { AppModule } from './app.module';
import { janitorSettings } from './config';

await bootstrap({ name: 'janitor', settings: janitorSettings, module: AppModule });
