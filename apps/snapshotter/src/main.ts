import { bootstrap } from '@vr/service';
import { AppModule } from './app.module';
import { snapshotterSettings } from './config';

await bootstrap({ name: 'snapshotter', settings: snapshotterSettings, module: AppModule });
