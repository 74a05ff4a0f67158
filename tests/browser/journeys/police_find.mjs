// SPDX-License-Identifier: MIT
// Police find a person, and the whole answer on one screen, with no more than the role may see.
import { known } from '../people.mjs';

export default {
  role: 'police',
  journeys: [
    {
      name: 'finds a person by a misspelt name and reads the status card',
      async run(t) {
        const person = await known(t);
        const misspelt = person.name.replace(/(.)(.)(\S*)$/, '$2$1$3').toLowerCase();
        await t.visit('/');
        await t.fill('Find a person', misspelt);
        await t.submit('Search');
        const link = t.page.locator(`a[href*="${person.ref}"]`).first();
        t.check((await link.count()) === 1, `"${misspelt}" does not find ${person.ref}`);
        await t.visit(`/participants/${person.ref}/status`);
        await t.sees(person.ref);
        for (const part of ['Last contact', 'Next contact', 'Worker']) await t.sees(part);
      },
    },
    {
      name: 'the status answer is on the first screen of a phone',
      async run(t) {
        const person = await known(t);
        await t.visit(`/participants/${person.ref}/status`);
        // The whole answer, and not the status alone, without scrolling.
        for (const part of ['.govuk-tag', '.govuk-summary-list']) {
          const bottom = await t.page.locator(`.app-status-card ${part}`).first()
            .evaluate((e) => e.getBoundingClientRect().bottom);
          t.check(bottom < 844, `${part} ends at ${bottom} px`);
        }
      },
    },
    {
      name: 'finds by reference',
      async run(t) {
        const person = await known(t);
        await t.visit(`/participants?q=${person.ref}`);
        t.check((await t.page.locator(`a[href*="${person.ref}"]`).count()) > 0, 'the reference finds nobody');
      },
    },
    {
      name: 'sees date, mode and outcome of contacts and no words',
      async run(t) {
        const person = await known(t);
        await t.visit(`/participants/${person.ref}/contacts`);
        t.check((await t.page.locator('.moj-timeline__item').count()) > 0, 'no contacts are shown');
        t.check((await t.page.locator('.moj-timeline__item details').count()) === 0, 'a note is offered');
        t.check((await t.page.getByText('Summary to share').count()) === 0, 'a summary is shown');
        await t.doesNotSee('Record contact');
      },
    },
    {
      name: 'no result says what to try',
      async run(t) {
        await t.visit('/participants?q=xyzzyqqqq');
        t.check((await t.page.locator('main a[href^="/participants/PX"]').count()) === 0, 'somebody is found');
        t.check((await t.page.locator('main').innerText()).length > 80, 'nothing is explained');
      },
    },
  ],
};
