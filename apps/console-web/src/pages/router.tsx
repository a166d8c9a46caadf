import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { CamerasPage } from './cameras-page';
import { EventsPage } from './events-page';
import { ExportsPage } from './exports-page';
import { HealthPage } from './health-page';
import { LivePage } from './live-page';
import { NotFoundPage, Shell } from './shell';
import { SharesPage } from './shares-page';
import { StoragePage } from './storage-page';
import { readAddress, type TimelineAddress } from './timeline/address';
import { TimelinePage } from './timeline/timeline-page';
import { UsersPage } from './users-page';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });
const page = <Path extends string>(path: Path, component: () => React.ReactNode) =>
  createRoute({ getParentRoute: () => root, path, component });

const timelineRoute = createRoute({
  getParentRoute: () => root,
  path: '/timeline',
  validateSearch: readAddress,
  component: function TimelineRoute() {
    const navigate = timelineRoute.useNavigate();
    const change = (to: Partial<TimelineAddress>): void =>
      void navigate({ search: (before) => ({ ...before, ...to }), replace: true });
    return <TimelinePage address={timelineRoute.useSearch()} onAddress={change} />;
  },
});

const routeTree = root.addChildren([
  page('/', LivePage),
  timelineRoute,
  page('/events', EventsPage),
  page('/exports', ExportsPage),
  page('/shares', SharesPage),
  page('/cameras', CamerasPage),
  page('/storage', StoragePage),
  page('/health', HealthPage),
  page('/users', UsersPage),
]);

/** The console serves the pages below /app/ while the first page is still at the root. */
export const router = createRouter({ routeTree, basepath: '/app' });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
