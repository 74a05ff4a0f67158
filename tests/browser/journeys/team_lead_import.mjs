// SPDX-License-Identifier: MIT
// A team lead brings in the people and contacts of a spreadsheet: a wrong file, a file with a wrong row,
// what each row gets, the result, and the same file again.
import { unique } from '../scene.mjs';

const HEADING = 'Ref,Surname,First name(s),Known as,D.O.B,Gender,Ethnicity,Address,Postcode,Mobile,CRN,PNC ID,' +
  'Navigator,Supervised by,Start,Notes';

function people(tag) {
  return [HEADING,
    `${tag}A,O'Neill-${tag},Ruth,,12/3/2001,F,W1,"Flat 2, High St",LE1 1AA,,,,Tom B,none,1/2/2026,"likes ""tea"""`,
    `${tag}B,Young-${tag},Sam,,12/3/2016,M,W1,,,,,,Tom B,none,1/2/2026,`].join('\r\n');
}

function contacts(tag) {
  return ['Ref,Date,Time,How,Outcome,Length,By,Notes,Next due',
    `${tag}A,3/2/2026,10:30,phone,spoke to her,45 mins,Tom B,talked about the flat,10/2/2026`,
    `${tag}A,10/2/2026,9am,knocked door,not in,,Tom B,,`].join('\n');
}

async function check(t, holds, name, text, answer = 200) {
  await t.visit('/imports');
  await t.choose(holds);
  await t.page.setInputFiles('#file', { name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  t.expect(answer);
  await t.submit('Check the file');
}

export default {
  role: 'team_lead',
  journeys: [
    {
      name: 'is told on the form what is wrong with a file',
      async run(t) {
        await t.visit('/imports');
        await t.heading('Import a spreadsheet');
        t.expect(422);
        await t.submit('Check the file');
        await t.sees('Choose a file');
        await check(t, 'People', 'photo.csv', '\x89PNG\r\n\x1a\n\0\0', 422);
        await t.sees('this is not a CSV file');
        await check(t, 'People', 'people.csv', 'Ref,Surname\nA,B\n', 422);
        await t.sees('is missing');
      },
    },
    {
      name: 'brings in people and their contacts, and nothing twice',
      async run(t) {
        const tag = unique();
        await check(t, 'People', 'people.csv', people(tag));
        await t.heading('Check what will be imported');
        await t.sees('under 14 at start');
        await t.sees('Rejected (1)');
        await t.submit('Import 1 row');
        await t.heading('Spreadsheet imported');
        await check(t, 'Contacts', 'contacts.csv', contacts(tag));
        await t.click('OK (2)');
        await t.submit('Import 2 rows');
        await t.sees('Spreadsheet imported');
        await check(t, 'Contacts', 'contacts.csv', contacts(tag));
        await t.submit('Import 2 rows');
        const already = t.page.locator('.govuk-summary-list__row', { hasText: 'Here already' });
        t.check((await already.innerText()).includes('2'), 'contacts that were here are not counted');
        await t.visit(`/participants?q=${encodeURIComponent(`O'Neill-${tag}`)}`);
        await t.click(`O'Neill-${tag}`);
        await t.heading(`O'Neill-${tag}`);
      },
    },
    {
      name: 'throws a file away',
      async run(t) {
        await check(t, 'People', 'people.csv', people(unique()));
        await t.submit('Cancel and throw the file away');
        await t.heading('Nothing was imported');
        await t.click('Import another spreadsheet');
        await t.sees('Cancelled');
      },
    },
  ],
};
