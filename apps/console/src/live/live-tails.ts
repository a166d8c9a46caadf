import { Inject, Injectable } from '@nestjs/common';
import { errorText, LogGate, type Clock } from '@vr/base';
import { LiveTails } from '@vr/footage';
import { CLOCK, CONFIG, LOGGER, type Logger } from '@vr/service';
import type { ConsoleConfig } from '../config';

/** The console's tails: one for each track that any page watches. */
@Injectable()
export class LiveTailsOfConsole extends LiveTails {
  constructor(
    @Inject(CONFIG) config: Pick<ConsoleConfig, 'RECORDINGS_DIR'>,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Pick<Logger, 'warn'>,
  ) {
    const gate = new LogGate(clock);
    super(config.RECORDINGS_DIR, clock, (track, error) => {
      if (gate.turn(track)) logger.warn({ track, reason: errorText(error) }, 'what is being recorded cannot be read');
    });
  }
}
