import { Global, Inject, Module } from '@nestjs/common';
import { Neighbours } from '@vr/messaging';
import { CameraFolders, CameraRoster } from '@vr/service';

@Global()
@Module({ providers: [CameraRoster, CameraFolders], exports: [CameraRoster] })
export class CamerasModule {
  constructor(@Inject(Neighbours) neighbours: Neighbours, @Inject(CameraRoster) cameras: CameraRoster) {
    neighbours.tellOwn((id) => cameras.find(id) !== undefined);
  }
}
