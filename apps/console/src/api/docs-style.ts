/** The style of the API's page. The fonts are the machine's own. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --line: #8884; --quiet: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3, h4 { font-size: 1rem; margin: 1rem 0 0; }
code { font: 0.9em ui-monospace, monospace; background: var(--quiet); padding: 0 0.2em; border-radius: 3px; }
details { border: 1px solid var(--line); border-radius: 6px; margin: 0.4rem 0; padding: 0 0.8rem; overflow-x: auto; }
summary { cursor: pointer; padding: 0.4rem 0; } summary code { background: none; font-weight: 600; }
summary b { display: inline-block; min-width: 4.5rem; font: 600 0.8em ui-monospace, monospace; }
b.get { color: #0a7; } b.post, b.put { color: #27d; } b.delete { color: #c33; }
table { border-collapse: collapse; margin: 0.3rem 0 0.8rem; width: 100%; }
td { border-top: 1px solid var(--line); padding: 0.25rem 0.6rem 0.25rem 0; text-align: left; vertical-align: top; }
`;
