import type { CustomTransportStrategy } from '@nestjs/microservices';

/** Modules bring their transports here. bootstrap() connects each of them before HTTP listens. */
export class Transports {
  readonly strategies: CustomTransportStrategy[] = [];

  add(strategy: CustomTransportStrategy): void {
    this.strategies.push(strategy);
  }
}
