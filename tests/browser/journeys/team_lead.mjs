// SPDX-License-Identifier: MIT
// A team lead: the team's lists, caseloads with their counts, and reassigning.
import { known } from '../people.mjs';

export default {
  role: 'team_lead',
  journeys: [
    {
      name: 'home shows the team and leads to caseloads',
      async run(t) {
        for (const part of ['Overdue contacts', 'People without a worker', 'Escalations awaiting a decision']) {
          await t.sees(part);
        }
        await t.visit('/caseloads');
        await t.heading('aseload');
      },
    },
    {
      name: 'records a contact for a person of the team',
      async run(t) {
        const person = await known(t);
        await t.visit(`/participants/${person.ref}`);
        await t.click('Record contact');
        await t.choose('Phone call');
        await t.choose('No answer');
        await t.submit('Save contact');
        await t.sees('Contact saved');
      },
    },
    {
      name: 'opens the page to reassign a person',
      async run(t) {
        const person = await known(t);
        await t.visit(`/participants/${person.ref}/assign`);
        t.check((await t.page.locator('main form').count()) > 0, 'there is no form');
      },
    },
  ],
};
