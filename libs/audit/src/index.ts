export { auditFolder, AuditLog } from './audit-log';
