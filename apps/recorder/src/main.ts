import { bootstrap } from '@vr/service';
import { AppModule } from './app.module';
import { RecorderService } from './recorder-service';
import { recorderSettings } from './config';

await bootstrap({
  name: 'recorder',
  settings: recorderSettings,
  module: AppModule,
  first: (app) => app.get(RecorderService).start(),
});
