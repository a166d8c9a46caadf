/** What bootstrap() gives every worker to inject: `@Inject(CONFIG) config: ClipperConfig`, and so on. */
export const CONFIG = Symbol('config');
export const CLOCK = Symbol('clock');
export const LOGGER = Symbol('logger');
