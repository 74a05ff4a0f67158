// SPDX-License-Identifier: MIT
// Before and after a session: sign-in, its errors, help, and where a link leads after signing in.
export default {
  role: 'police',
  journeys: [
    {
      name: 'errors of the sign-in page are linked to the boxes',
      signedOut: true,
      async run(t) {
        await t.visit('/sign-in');
        t.expect(422);
        await t.submit('Sign in');
        await t.sees('There is a problem');
        t.expect(401);
        await t.fill('Username', 'nobody.known');
        await t.page.locator('input[name=password]').fill('not the password');
        await t.submit('Sign in');
        await t.sees('The username or password is not right');
      },
    },
    {
      name: 'a link opened before signing in is reached afterwards',
      signedOut: true,
      async run(t) {
        await t.visit('/participants?q=smith');
        const account = t.world.accounts.find((a) => a.role === 'police');
        await t.fill('Username', account.username);
        await t.page.locator('input[name=password]').fill(account.password);
        await t.submit('Sign in');
        t.check(t.page.url().endsWith('/participants?q=smith'), `leads to ${t.page.url()}`);
      },
    },
    {
      name: 'after signing out nothing is reached by going back',
      ownSession: true,
      async run(t) {
        await t.visit('/participants');
        await t.signOut();
        await t.page.goBack({ waitUntil: 'load' });
        t.check((await t.page.locator('input[name=password]').count()) === 1, 'the page before is still shown');
      },
    },
    {
      name: 'help needs no sign-in and pages are reached by keyboard',
      signedOut: true,
      async run(t) {
        await t.visit('/help');
        await t.page.keyboard.press('Tab');
        const first = await t.page.evaluate(() => document.activeElement?.textContent?.trim());
        t.check(first === 'Skip to main content', `the first stop is "${first}"`);
        await t.page.keyboard.press('Enter');
        await t.page.waitForURL(/#main-content$/, { timeout: 5000 }).catch(() => {}); // the check says it better
        t.check(t.page.url().endsWith('#main-content'), 'the skip link does not lead to the content');
      },
    },
    {
      name: 'a page that does not exist says so in plain words',
      async run(t) {
        t.expect(404);
        await t.visit('/no-such-page');
        await t.heading('not found');
      },
    },
  ],
};
