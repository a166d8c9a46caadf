import { Module } from '@nestjs/common';
import { FramesModule } from '../frames/frames.module';
import { FootageArrivals } from './footage-arrivals';
import { FootagePicture } from './footage-picture';
import { PictureSource } from './picture-source';

@Module({ imports: [FramesModule], providers: [FootageArrivals, FootagePicture, PictureSource], exports: [PictureSource] })
export class PicturesModule {}
