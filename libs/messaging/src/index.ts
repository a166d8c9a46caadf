export { MessageContext } from './context';
export { DurableEvents, Messages, type DurableOptions, type MessagesOptions, type StreamWanted } from './decorators';
export { createClient, createHeaders, NatsLink } from './link';
export { MessagingModule } from './messaging.module';
export type { NatsConfig } from './nats-options';
export { Publisher } from './publisher';
export { Refusals, type Notice, type Refused } from './refusals';
export { refusedCamera } from './refused-camera';
export { Neighbours } from './neighbours';
