// SPDX-License-Identifier: MIT
// The checks that every page goes through can fail: a page is spoilt on purpose, and they say so.
export default {
  journeys: [
    {
      name: 'a spoilt page is noticed',
      signedOut: true,
      async run(t) {
        await t.visit('/help');
        t.check(t.failures.length === 0, 'the page is spoilt already');
        await t.page.evaluate(() => {
          const main = document.querySelector('main');
          main.innerHTML += '<img src="/assets/none.png"><p class="unlike-any-other">'
            + 'A_word_too_long_for_any_screen_'.repeat(40) + '</p><h1>Another</h1>';
        });
        await t.page.waitForLoadState('networkidle');
        t.expect(418);
        await t.look();
        const said = t.failures.splice(0).join('\n');
        for (const words of ['answered 200, expected 418', 'scrolls sideways', 'has 2 h1', 'axe image-alt', 'none.png answered 404']) {
          t.check(said.includes(words), `"${words}" was not noticed`);
        }
      },
    },
  ],
};
