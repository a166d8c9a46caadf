import { Injectable } from '@nestjs/common';
import type { LiveMessage } from '@vr/contracts';

/** What all pages are told at the moment when it happens. Each of them leaves out what its person does not see. */
@Injectable()
export class LiveNews {
  private readonly listeners = new Set<(news: LiveMessage) => void>();

  /** Whether anybody would hear it. */
  get isHeard(): boolean {
    return this.listeners.size > 0;
  }

  tell(news: LiveMessage): void {
    for (const listener of this.listeners) listener(news);
  }

  listen(listener: (news: LiveMessage) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
