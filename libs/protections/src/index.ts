export {
  type KnownProtections,
  listProtections,
  protectionOf,
  readProtection,
  removeProtection,
  writeProtection,
} from './protections';
