// SPDX-License-Identifier: MIT
// Youth justice: the status of anybody at the site, names of those it supervises, the shareable summary.
import { known } from '../people.mjs';

export default {
  role: 'youth_justice',
  journeys: [
    {
      name: 'reads the status card of a person it supervises',
      async run(t) {
        const person = await known(t);
        await t.visit(`/participants/${person.ref}/status`);
        await t.sees(person.name);
        await t.sees('Worker');
      },
    },
    {
      name: 'reads summaries and no notes',
      async run(t) {
        const person = await known(t);
        await t.visit(`/participants/${person.ref}/contacts?view=print`);
        t.check((await t.page.locator('.moj-timeline__item').count()) > 0, 'no contacts are shown');
        t.check((await t.page.locator('.moj-timeline__item details').count()) === 0, 'a note is offered');
        await t.doesNotSee('Record contact');
      },
    },
  ],
};
