// SPDX-License-Identifier: MIT
#include "search/search.h"

#include "base/clock.h"
#include "base/field.h"
#include "base/uuid.h"
#include "crypto/secret.h"
#include "search/base.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHANGES_MOST = 2000, // people changed before a new base is made
    SITES_MOST = 255,
    QUERY_WORDS = 6,
    NO_SITE = 255,
};

struct search_index {
    pthread_rwlock_t lock; // base, changes, sites
    pthread_mutex_t writer;
    struct base *base;
    struct entry *changes;
    size_t n_changes;
    char sites[SITES_MOST][33];
    size_t n_sites;
    atomic_bool ready;
};

static struct search_index *current;
static pthread_once_t current_once = PTHREAD_ONCE_INIT;

struct search_index *search_index_new(void)
{
    struct search_index *idx = calloc(1, sizeof(*idx));
    if (!idx)
        abort();
    // Readers come without a pause on a busy day: the writer must not wait for one.
    pthread_rwlockattr_t attr;
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&idx->lock, &attr);
    pthread_rwlockattr_destroy(&attr);
    pthread_mutex_init(&idx->writer, NULL);
    idx->base = base_builder_end(base_builder_new(0));
    idx->changes = calloc(CHANGES_MOST, sizeof(*idx->changes));
    if (!idx->changes)
        abort();
    return idx;
}

void search_index_free(struct search_index *idx)
{
    if (!idx)
        return;
    base_free(idx->base);
    explicit_bzero(idx->changes, CHANGES_MOST * sizeof(*idx->changes));
    free(idx->changes);
    pthread_rwlock_destroy(&idx->lock);
    pthread_mutex_destroy(&idx->writer);
    free(idx);
}

static void make_current(void)
{
    current = search_index_new();
}

struct search_index *search_index_current(void)
{
    pthread_once(&current_once, make_current);
    return current;
}

// ---- writing ----

static uint8_t site_number(struct search_index *idx, const char *site)
{
    if (!site || strlen(site) > 32)
        return NO_SITE;
    for (size_t i = 0; i < idx->n_sites; i++)
        if (strcmp(idx->sites[i], site) == 0)
            return (uint8_t)i;
    if (idx->n_sites == SITES_MOST)
        return NO_SITE;
    // Readers look at n_sites under the lock; a new name is complete before it counts.
    pthread_rwlock_wrlock(&idx->lock);
    memcpy(idx->sites[idx->n_sites], site, strlen(site) + 1);
    uint8_t n = (uint8_t)idx->n_sites++;
    pthread_rwlock_unlock(&idx->lock);
    return n;
}

static void entry_word(struct entry *e, const char *word, size_t n)
{
    if (n > SEARCH_WORD)
        n = SEARCH_WORD;
    const char *at = e->text;
    for (size_t i = 0; i < e->n_words; at += e->len[i++])
        if (e->len[i] == n && memcmp(at, word, n) == 0)
            return;
    if (!n || e->n_words == SEARCH_WORDS)
        return;
    memcpy(e->text + (at - e->text), word, n);
    e->len[e->n_words++] = (uint8_t)n;
}

static void entry_name(struct entry *e, struct arena *a, const char *name)
{
    if (!name)
        return;
    for (const char *p = search_fold(a, name); *p;) {
        size_t n = strcspn(p, " ");
        entry_word(e, p, n);
        p += n + (p[n] == ' ');
    }
}

static bool entry_make(struct search_index *idx, struct arena *a, const struct search_person *p,
                       struct entry *ret)
{
    struct entry *e = ret;
    memset(e, 0, sizeof(*e));
    if (!uuid_bytes(p->id, e->slot.id))
        return false;
    if (p->ref && strlen(p->ref) < sizeof(e->slot.ref))
        memcpy(e->slot.ref, p->ref, strlen(p->ref) + 1);
    e->slot.site = site_number(idx, p->site);
    int64_t days;
    e->slot.birth =
        p->date_of_birth && date_parse(p->date_of_birth, &days) ? (int32_t)days : SEARCH_NO_BIRTH;
    entry_name(e, a, p->family_name);
    entry_name(e, a, p->given_name);
    entry_name(e, a, p->known_as);
    const char *const *aliases;
    size_t n = field_list(a, p->aliases, &aliases);
    for (size_t i = 0; i < n; i++)
        entry_name(e, a, aliases[i]);
    return e->n_words || e->slot.birth != SEARCH_NO_BIRTH || e->slot.ref[0];
}

static void swap_base(struct search_index *idx, struct base *fresh)
{
    pthread_rwlock_wrlock(&idx->lock);
    struct base *old = idx->base;
    idx->base = fresh;
    explicit_bzero(idx->changes, idx->n_changes * sizeof(*idx->changes));
    idx->n_changes = 0;
    pthread_rwlock_unlock(&idx->lock);
    base_free(old);
}

struct search_loading {
    struct search_index *idx;
    struct base_builder *builder;
    struct arena *scratch;
};

struct search_loading *search_loading_new(struct search_index *idx, uint32_t people)
{
    struct search_loading *l = calloc(1, sizeof(*l));
    if (!l)
        abort();
    pthread_mutex_lock(&idx->writer);
    *l = (struct search_loading){idx, base_builder_new(people), arena_new()};
    return l;
}

void search_loading_add(struct search_loading *l, const struct search_person *person)
{
    struct entry e;
    if (entry_make(l->idx, l->scratch, person, &e))
        base_builder_add(l->builder, &e);
    explicit_bzero(&e, sizeof(e));
    arena_reset(l->scratch);
}

void search_loading_end(struct search_loading *l, bool keep)
{
    struct search_index *idx = l->idx;
    struct base *fresh = base_builder_end(l->builder);
    if (keep) {
        swap_base(idx, fresh);
        atomic_store(&idx->ready, true);
    } else {
        base_free(fresh);
    }
    arena_free(l->scratch);
    free(l);
    pthread_mutex_unlock(&idx->writer);
}

void search_index_set(struct search_index *idx, const struct search_person *people, size_t n)
{
    struct search_loading *l = search_loading_new(idx, (uint32_t)n);
    for (size_t i = 0; i < n; i++)
        search_loading_add(l, &people[i]);
    search_loading_end(l, true);
}

// Only the writer changes base and changes, so it may read them without the lock.
static void fold_changes(struct search_index *idx)
{
    struct base_builder *b = base_builder_new(idx->base->n_slots + (uint32_t)idx->n_changes);
    base_builder_take(b, idx->base);
    for (size_t i = 0; i < idx->n_changes; i++)
        if (!idx->changes[i].slot.dead)
            base_builder_add(b, &idx->changes[i]);
    swap_base(idx, base_builder_end(b));
}

static int64_t change_find(const struct search_index *idx, const uint8_t id[16])
{
    for (size_t i = 0; i < idx->n_changes; i++)
        if (!idx->changes[i].slot.dead && memcmp(idx->changes[i].slot.id, id, 16) == 0)
            return (int64_t)i;
    return SEARCH_NO_SLOT;
}

void search_index_put(struct search_index *idx, const struct search_person *person)
{
    pthread_mutex_lock(&idx->writer);
    struct arena *a = arena_new();
    struct entry e;
    bool keep = entry_make(idx, a, person, &e);
    if (uuid_bytes(person->id, e.slot.id)) {
        if (idx->n_changes == CHANGES_MOST)
            fold_changes(idx);
        pthread_rwlock_wrlock(&idx->lock);
        int64_t change = change_find(idx, e.slot.id), slot = base_find(idx->base, e.slot.id);
        if (slot >= 0)
            idx->base->slots[slot].dead = true;
        if (change >= 0)
            idx->changes[change].slot.dead = true;
        if (keep)
            idx->changes[change >= 0 ? (size_t)change : idx->n_changes++] = e;
        pthread_rwlock_unlock(&idx->lock);
    }
    explicit_bzero(&e, sizeof(e));
    arena_free(a);
    pthread_mutex_unlock(&idx->writer);
}

// ---- the query ----

struct query {
    struct query_word words[QUERY_WORDS];
    size_t n_words;
    int32_t birth;
    const char *ref;
};

// Likeness that counts as the same name: short names have little to differ in.
static int least_likeness(size_t n)
{
    return n == 1 ? 800 : n <= 3 ? 770 : n == 4 ? 800 : 845;
}

static void query_name(struct query *q, struct arena *a, const char *typed)
{
    for (const char *p = search_fold(a, typed); *p && q->n_words < QUERY_WORDS;) {
        size_t n = strcspn(p, " "), kept = n > SEARCH_WORD ? SEARCH_WORD : n;
        query_word_set(&q->words[q->n_words++], p, kept, least_likeness(kept));
        p += n + (p[n] == ' ');
    }
}

// A date among the words: three of them ("12 March 2004") or one.
static size_t query_date(struct query *q, struct arena *a, const char *const *typed, size_t n)
{
    int64_t days;
    if (q->birth != SEARCH_NO_BIRTH)
        return 0;
    const char *three = n >= 3 ? arena_printf(a, "%s %s %s", typed[0], typed[1], typed[2]) : NULL;
    if (three && date_typed(three, date_today(), &days)) {
        q->birth = (int32_t)days;
        return 3;
    }
    if (date_typed(typed[0], date_today(), &days)) {
        q->birth = (int32_t)days;
        return 1;
    }
    return 0;
}

static void query_parse(struct query *q, struct arena *a, const char *text)
{
    *q = (struct query){.birth = SEARCH_NO_BIRTH, .ref = reference_canonical(a, text)};
    const char *typed[32];
    size_t n = 0;
    for (const char *p = text; *p && n < 32;) {
        p += strspn(p, " \t\r\n,;");
        size_t len = strcspn(p, " \t\r\n,;");
        if (len)
            typed[n++] = arena_strndup(a, p, len);
        p += len;
    }
    for (size_t i = 0; i < n;) {
        size_t date = query_date(q, a, typed + i, n - i);
        if (!date)
            query_name(q, a, typed[i]);
        i += date ? date : 1;
    }
}

// ---- scoring ----

struct found {
    int score;
    uint32_t slot; // of the base, or base->n_slots + number of the change
};

struct search {
    const struct search_index *idx;
    const struct query *q;
    struct arena *arena;
    const uint8_t *in; // per slot: inside the scope
    uint16_t *best;    // per slot, likeness of each query word
    uint32_t *touched; // slots that some word fits
    size_t n_touched, cap_touched;
    struct found *found;
    size_t n_found;
    bool partly; // take people whom only part of the query fits
};

static const struct slot *slot_at(const struct search *s, uint32_t slot)
{
    const struct base *b = s->idx->base;
    return slot < b->n_slots ? &b->slots[slot] : &s->idx->changes[slot - b->n_slots].slot;
}

static uint16_t *best_of(const struct search *s, size_t slot)
{
    return s->best + slot * s->q->n_words;
}

static void touch(struct search *s, uint32_t slot, size_t k, int like)
{
    uint16_t *best = best_of(s, slot);
    bool fresh = true;
    for (size_t i = 0; i < s->q->n_words && fresh; i++)
        fresh = best[i] == 0;
    if (best[k] < like)
        best[k] = (uint16_t)like;
    if (!fresh)
        return;
    if (s->n_touched == s->cap_touched) {
        size_t cap = s->cap_touched ? s->cap_touched * 2 : 1024;
        s->touched = arena_grow(s->arena, s->touched, s->cap_touched * sizeof(*s->touched),
                                cap * sizeof(*s->touched));
        s->cap_touched = cap;
    }
    s->touched[s->n_touched++] = slot;
}

static void match_base(struct search *s)
{
    const struct base *b = s->idx->base;
    for (size_t k = 0; k < s->q->n_words; k++) {
        const struct query_word *q = &s->q->words[k];
        for (uint32_t w = 0; w < b->n_words; w++) {
            const struct word *word = &b->words[w];
            if (!search_may_match(q, word->n, word->letters))
                continue;
            int like = search_match(q, b->text + word->at, word->n, word->letters);
            for (uint32_t p = b->first[w]; like && p < b->first[w + 1]; p++)
                touch(s, b->posts[p], k, like);
        }
    }
}

static void match_changes(struct search *s)
{
    for (size_t i = 0; i < s->idx->n_changes; i++) {
        const struct entry *e = &s->idx->changes[i];
        uint32_t slot = s->idx->base->n_slots + (uint32_t)i;
        const char *text = e->text;
        for (size_t w = 0; w < e->n_words; text += e->len[w++]) {
            uint32_t letters = search_letters(text, e->len[w]);
            for (size_t k = 0; k < s->q->n_words; k++) {
                int like = search_match(&s->q->words[k], text, e->len[w], letters);
                if (like)
                    touch(s, slot, k, like);
            }
        }
    }
}

// How a birth date fits: the same day, or day and month the other way round.
static int birth_likeness(int32_t asked, int32_t born)
{
    if (born == SEARCH_NO_BIRTH)
        return 0;
    if (asked == born)
        return 1000;
    int y, m, d;
    int64_t swapped;
    date_civil(asked, &y, &m, &d);
    return d <= 12 && date_days(y, d, m, &swapped) && swapped == born ? 900 : 0;
}

static int score(const struct search *s, uint32_t slot)
{
    const struct query *q = s->q;
    const struct slot *who = slot_at(s, slot);
    if (who->dead || (s->in && !s->in[slot]))
        return 0;
    if (q->ref && strcmp(q->ref, who->ref) == 0)
        return 1000;
    int sum = 0, hit = 0, strong = 0;
    const uint16_t *best = best_of(s, slot);
    for (size_t k = 0; k < q->n_words; k++) {
        sum += best[k];
        hit += best[k] > 0;
        strong += best[k] >= 930;
    }
    int parts = (int)q->n_words, dated = q->birth != SEARCH_NO_BIRTH;
    int birth = dated ? birth_likeness(q->birth, who->birth) : 0;
    if (parts + dated == 0)
        return 0;
    bool all = hit == parts && (!dated || birth);
    bool some = strong > 0 || birth >= 900;
    if (!all && !(s->partly && some))
        return 0;
    int mean = (sum + birth) / (parts + dated);
    return mean > 0 ? mean : 0;
}

static int best_first(const void *x, const void *y)
{
    const struct found *a = x, *b = y;
    return a->score != b->score ? b->score - a->score : a->slot < b->slot ? -1 : a->slot > b->slot;
}

static void collect(struct search *s)
{
    // A birth date or a reference may be anybody's; words point at few.
    bool everybody = s->q->ref || s->q->birth != SEARCH_NO_BIRTH;
    size_t all = everybody ? s->idx->base->n_slots + s->idx->n_changes : s->n_touched, cap = 0;
    for (size_t i = 0; i < all; i++) {
        uint32_t slot = everybody ? (uint32_t)i : s->touched[i];
        int points = score(s, slot);
        if (!points)
            continue;
        if (s->n_found == cap) {
            size_t more = cap ? cap * 2 : 256;
            s->found =
                arena_grow(s->arena, s->found, cap * sizeof(*s->found), more * sizeof(*s->found));
            cap = more;
        }
        s->found[s->n_found++] = (struct found){points, slot};
    }
}

// ---- scope ----

static const uint8_t *scope_mark(const struct search_index *idx, struct arena *a,
                                 const struct search_scope *scope)
{
    size_t all = idx->base->n_slots + idx->n_changes;
    if (!scope || (!scope->site && !scope->only_ids))
        return NULL;
    uint8_t *in = arena_alloc(a, all + 1);
    uint8_t site = NO_SITE;
    for (size_t i = 0; scope->site && i < idx->n_sites; i++)
        if (strcmp(idx->sites[i], scope->site) == 0)
            site = (uint8_t)i;
    if (!scope->only_ids) {
        for (size_t s = 0; s < idx->base->n_slots; s++)
            in[s] = site != NO_SITE && idx->base->slots[s].site == site;
        for (size_t c = 0; c < idx->n_changes; c++)
            in[idx->base->n_slots + c] = site != NO_SITE && idx->changes[c].slot.site == site;
        return in;
    }
    for (size_t i = 0; i < scope->n_ids; i++) {
        uint8_t id[16];
        if (!uuid_bytes(scope->ids[i], id))
            continue;
        int64_t change = idx->n_changes ? change_find(idx, id) : SEARCH_NO_SLOT;
        int64_t slot =
            change >= 0 ? (int64_t)idx->base->n_slots + change : base_find(idx->base, id);
        if (slot >= 0)
            in[slot] = 1;
    }
    return in;
}

size_t search_find(struct search_index *idx, struct arena *a, const struct search_scope *scope,
                   const char *query, size_t limit, const struct search_hit **ret)
{
    struct query q;
    query_parse(&q, a, query);
    *ret = NULL;
    if (!q.n_words && q.birth == SEARCH_NO_BIRTH && !q.ref)
        return 0;
    pthread_rwlock_rdlock(&idx->lock);
    struct search s = {.idx = idx, .q = &q, .arena = a, .in = scope_mark(idx, a, scope)};
    size_t all = idx->base->n_slots + idx->n_changes;
    s.best = ARENA_ARRAY(a, uint16_t, all * q.n_words + 1);
    match_base(&s);
    match_changes(&s);
    collect(&s);
    if (!s.n_found) { // nobody fits all of it: those whom a part fits well are worth showing
        s.partly = true;
        collect(&s);
    }
    if (s.n_found)
        qsort(s.found, s.n_found, sizeof(*s.found), best_first);
    size_t most = limit < SEARCH_MOST ? limit : SEARCH_MOST;
    size_t n = s.n_found < most ? s.n_found : most;
    struct search_hit *hits = ARENA_ARRAY(a, struct search_hit, n + 1);
    for (size_t i = 0; i < n; i++) {
        char *id = arena_alloc(a, UUID_TEXT);
        uuid_text(slot_at(&s, s.found[i].slot)->id, id);
        hits[i] = (struct search_hit){id, s.found[i].score};
    }
    pthread_rwlock_unlock(&idx->lock);
    explicit_bzero(&q, sizeof(q));
    *ret = hits;
    return n;
}

// ---- facts ----

bool search_birth_date(struct search_index *idx, const char *participant_id, int64_t *ret_days)
{
    uint8_t id[16];
    if (!uuid_bytes(participant_id, id))
        return false;
    pthread_rwlock_rdlock(&idx->lock);
    int64_t change = change_find(idx, id), slot = base_find(idx->base, id);
    int32_t birth = change >= 0                                 ? idx->changes[change].slot.birth
                    : slot >= 0 && !idx->base->slots[slot].dead ? idx->base->slots[slot].birth
                                                                : SEARCH_NO_BIRTH;
    pthread_rwlock_unlock(&idx->lock);
    if (birth == SEARCH_NO_BIRTH)
        return false;
    *ret_days = birth;
    return true;
}

bool search_index_ready(struct search_index *idx)
{
    return atomic_load(&idx->ready);
}

size_t search_index_count(struct search_index *idx)
{
    pthread_rwlock_rdlock(&idx->lock);
    size_t n = 0;
    for (size_t i = 0; i < idx->base->n_slots; i++)
        n += !idx->base->slots[i].dead;
    for (size_t i = 0; i < idx->n_changes; i++)
        n += !idx->changes[i].slot.dead;
    pthread_rwlock_unlock(&idx->lock);
    return n;
}

size_t search_index_bytes(struct search_index *idx)
{
    pthread_rwlock_rdlock(&idx->lock);
    size_t n = sizeof(*idx) + base_bytes(idx->base) + CHANGES_MOST * sizeof(*idx->changes);
    pthread_rwlock_unlock(&idx->lock);
    return n;
}
