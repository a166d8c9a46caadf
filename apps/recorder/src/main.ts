import { bootstrap } from '@vr/service';
import { AppModule } from './app.module';
import { recorderSettings } from './config';

await bootstrap({ name: 'recorder', settings: recorderSettings, module: AppModule });
