import { setPriority } from 'node:os';
import { bootstrap } from '@vr/service';
import { AppModule } from './app.module';
import { clipperSettings } from './config';

/** Lower than the recorder's: many cuts, and the ffmpegs that inherit this, must not cost it a frame. */
setPriority(5);
await bootstrap({ name: 'clipper', settings: clipperSettings, module: AppModule });
