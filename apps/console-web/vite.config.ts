import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** tools/build-app.ts says where the build goes. `npx vite apps/console-web` serves the sources beside a console. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/app/',
  plugins: [react()],
  // A picture inside a style sheet would need more than our policy allows.
  build: { assetsInlineLimit: 0, emptyOutDir: true, target: 'es2022' },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/login.html': 'http://127.0.0.1:8080' } },
});
