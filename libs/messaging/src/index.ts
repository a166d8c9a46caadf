export { isBlank, parseBody } from './body';
export { MessageContext } from './context';
export { DurableEvents, Messages } from './decorators';
export { createClient, createHeaders, NatsLink } from './link';
export { MessagingModule } from './messaging.module';
export { Publisher } from './publisher';
export { Refusals, type Notice, type Refused } from './refusals';
export { refusedCamera } from './refused-camera';
export { Neighbours } from './neighbours';
