// SPDX-License-Identifier: MIT
// An evaluator has exports and nothing about a person; an auditor has the list of exports and no data.
export default {
  role: 'evaluator',
  journeys: [
    {
      name: 'home leads to exports, and to no people',
      async run(t) {
        await t.visit('/exports');
        await t.heading('Evaluation exports');
        await t.sees('There are no names, references or notes');
        t.check((await t.page.getByRole('link', { name: 'People', exact: true }).count()) === 0,
          'people are in the navigation');
        t.expect(403);
        await t.visit('/participants');
      },
    },
    {
      name: 'sees the exports made, without a way to ask (auditor)',
      role: 'auditor',
      async run(t) {
        await t.visit('/exports');
        await t.heading('Evaluation exports');
        t.check((await t.page.getByRole('button', { name: 'Ask for the export' }).count()) === 0,
          'an auditor may ask for an export');
      },
    },
  ],
};
