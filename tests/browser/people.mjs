// SPDX-License-Identifier: MIT
// Somebody with a name and contacts whom this account may see, taken from the API: to set a scene.
const found = new Map();

export async function known(t) {
  const key = t.account.username;
  if (!found.has(key)) {
    const { body } = await t.api('GET', '/participants?status=engaged&limit=50');
    found.set(key, (body?.items ?? []).find((p) => p.name && p.last_contact));
  }
  const person = found.get(key);
  if (!person) throw new Error('this account sees nobody who is engaged');
  return person;
}
