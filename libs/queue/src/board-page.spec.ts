import { ownPage } from './board-page';

describe('the page of the board', () => {
  it('loses what it would load from another host, and the styles inside it', () => {
    const page = `<head><link rel="icon" href="static/logo.svg">
<link href="https://fonts.example/css2?family=A&amp;b" rel="stylesheet"><link rel='preconnect' href='//fonts.example'>
<script src="http://cdn.example/x.js"></script>
<script defer src="static/js/main.js"></script><img src=https://pixel.example/1.gif></head>
<div id="root"><div class="a" style="color:red" title="b">Loading</div>
<style>@keyframes x { from { top: 0 } }</style></div>`;
    expect(ownPage(page).replace(/\s*\n\s*/g, '')).toBe(
      '<head><link rel="icon" href="static/logo.svg"><script defer src="static/js/main.js"></script></head>' +
        '<div id="root"><div class="a" title="b">Loading</div></div>',
    );
  });
});
