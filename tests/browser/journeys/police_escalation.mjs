// SPDX-License-Identifier: MIT
// The police act on what was approved, and raise an escalation themselves.
import { as, escalation, unique } from '../scene.mjs';

export default {
  role: 'police',
  journeys: [
    {
      name: 'records an action on an approved escalation',
      async run(t) {
        const note = `Calm at the door; it's "noted" ${unique()}`;
        const id = await escalation(t, 'under_review', 'approved');
        await t.visit(`/escalations/${id}`);
        await t.sees('Agreed: Warning letter');
        await t.choose('Warning letter');
        await t.fill('Note', note);
        await t.submit('Save action');
        await t.sees('Action saved');
        await t.sees(note);
        await t.sees('Action taken');
        await t.submit('Mark as reviewed');
        await t.sees('Reviewed');
      },
    },
    {
      name: 'raises an escalation, errors first',
      async run(t) {
        const evidence = `Arrested on Friday ${unique()}`;
        const { body } = await as(t, 'navigator', 'GET', '/participants?limit=5');
        await t.visit(`/participants/${body.items[0].ref}/escalations/new`);
        await t.fill('Evidence', evidence);
        await t.fill('Year', '2040');
        t.expect(422);
        await t.submit('Raise escalation');
        for (const link of await t.page.locator('.govuk-error-summary a').all()) {
          const target = (await link.getAttribute('href')).slice(1);
          t.check((await t.page.locator(`[id="${target}"]`).count()) === 1, `nothing has the id ${target}`);
        }
        t.check((await t.page.getByLabel('Evidence', { exact: true }).inputValue()) === evidence, 'the evidence was lost');
        await t.fill('Year', String(new Date().getFullYear()));
        await t.choose('New offence');
        await t.submit('Raise escalation');
        await t.sees('Escalation raised');
        await t.sees(evidence);
        t.check((await t.button('Start the review').count()) === 0, 'the police can start a review');
      },
    },
  ],
};
