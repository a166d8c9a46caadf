import { bootstrap } from '@vr/service';
import { AppModule } from './app.module';
import { clipperSettings } from './config';

await bootstrap({ name: 'clipper', settings: clipperSettings, module: AppModule });
