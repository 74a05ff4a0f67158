// SPDX-License-Identifier: MIT
#include "base/field.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "base/vocab.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

// Clocks of phones and laptops run a little ahead: a time just past now is still "now".
enum { SKEW_US = 2 * 60 * 1000000 };

const struct field *field_find(const struct field_table *t, const char *name)
{
    for (size_t i = 0; name && i < t->n; i++)
        if (strcmp(t->fields[i].name, name) == 0)
            return &t->fields[i];
    return NULL;
}

static bool refuse(struct ctx *ctx, const struct field *f, const char *message)
{
    ctx_field_error(ctx, f->name, message);
    return false;
}

// ---- words ----

static bool in_list(const char *word, size_t n, const char *const *list)
{
    for (; *list; list++)
        if (strlen(*list) == n && strncasecmp(*list, word, n) == 0)
            return true;
    return false;
}

// "Next step" -> "a next step", "Outcome" -> "an outcome", "Minutes" -> "minutes",
// "How it happened" -> "how it happened", "CRN" -> "a CRN": what follows Enter or Select.
static const char *label_object(struct arena *a, const char *label)
{
    static const char *const bare[] = {"a",       "an",   "the", "your", "their", "how",
                                       "what",    "when", "who", "why",  "where", "which",
                                       "whether", "any",  "if",  NULL};
    static const char *const uncounted[] = {"evidence", "consent", "information", "supervision",
                                            "support",  "text",    "housing",     NULL};
    char *s = arena_strdup(a, label);
    bool acronym = s[0] && s[1] >= 'A' && s[1] <= 'Z';
    if (!acronym && s[0] >= 'A' && s[0] <= 'Z')
        s[0] = (char)(s[0] + ('a' - 'A'));
    size_t first = strcspn(s, " "), all = strlen(s);
    const char *space = strrchr(s, ' ');
    const char *last = space ? space + 1 : s;
    size_t last_n = strlen(last);
    bool plural = all > 2 && s[all - 1] == 's' && !strchr("suai", s[all - 2]);
    if (in_list(s, first, bare) || in_list(last, last_n, uncounted) || plural)
        return s;
    return arena_printf(a, "%s %s", strchr("aeioAEIO", s[0]) ? "an" : "a", s);
}

// 20000 -> "20,000"
static const char *grouped(struct arena *a, long n)
{
    char *plain = arena_printf(a, "%ld", n);
    struct buf b;
    buf_init(&b, a);
    size_t start = *plain == '-', len = strlen(plain);
    for (size_t i = 0; i < len; i++) {
        if (i > start && (len - i) % 3 == 0)
            buf_putc(&b, ',');
        buf_putc(&b, plain[i]);
    }
    return b.p;
}

static bool is_choice(const struct field *f)
{
    return f->type == FIELD_CODE || f->type == FIELD_CODES || f->type == FIELD_UUID;
}

static const char *absent_words(struct arena *a, const struct field *f)
{
    if (f->type == FIELD_BOOL)
        return arena_printf(a, "%s: select yes or no", f->label);
    return arena_printf(a, "%s %s", is_choice(f) ? "Select" : "Enter", label_object(a, f->label));
}

// ---- text ----

static bool is_control(int32_t c, bool lines)
{
    if (lines && (c == '\n' || c == '\t'))
        return false;
    return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

// The length in bytes of a blank at s, 0 if there is none. The no-break space comes in with text
// copied from web pages and Word.
static size_t blank_at(const char *s)
{
    if (*s == ' ' || (*s >= '\t' && *s <= '\r'))
        return 1;
    return strncmp(s, "\xc2\xa0", 2) == 0 ? 2 : 0;
}

static char *trim(struct arena *a, const char *raw)
{
    for (size_t n; (n = blank_at(raw));)
        raw += n;
    size_t n = strlen(raw);
    for (;;) {
        if (n >= 1 && blank_at(raw + n - 1) == 1)
            n -= 1;
        else if (n >= 2 && blank_at(raw + n - 2) == 2)
            n -= 2;
        else
            break;
    }
    return arena_strndup(a, raw, n);
}

// Browsers send each line end of a textarea as CR LF; notes are kept with LF alone.
static void join_line_ends(char *s)
{
    char *to = s;
    for (const char *from = s; *from; from++) {
        if (*from != '\r')
            *to++ = *from;
        else if (from[1] != '\n')
            *to++ = '\n';
    }
    *to = '\0';
}

// The value ready to store, or NULL with the problem added. Never called with an empty text.
static const char *clean_text(struct ctx *ctx, const struct field *f, char *s)
{
    struct arena *a = ctx->arena;
    bool lines = f->flags & FIELD_LINES;
    if (lines)
        join_line_ends(s);
    long count = 0;
    for (const char *p = s; *p; count++) {
        int32_t c = utf8_next(&p);
        const char *why = NULL;
        if (c == UTF8_NONE)
            why = "must be text in UTF-8";
        else if (is_control(c, lines))
            why = "must not have characters that cannot be shown";
        if (why) {
            refuse(ctx, f, arena_printf(a, "%s %s", f->label, why));
            return NULL;
        }
    }
    if (count < f->min) {
        refuse(ctx, f,
               arena_printf(a, "%s must be %s characters or more", f->label, grouped(a, f->min)));
        return NULL;
    }
    if (f->max > 0 && count > f->max) {
        refuse(ctx, f,
               arena_printf(a, "%s must be %s characters or fewer", f->label, grouped(a, f->max)));
        return NULL;
    }
    return s;
}

// ---- other types: each gives the canonical text, or NULL with the problem added ----

static const char *clean_int(struct ctx *ctx, const struct field *f, const char *s)
{
    struct arena *a = ctx->arena;
    const char *d = s + (*s == '-');
    bool bounded = f->min < f->max;
    if (!*d || strspn(d, "0123456789") != strlen(d)) {
        refuse(ctx, f, arena_printf(a, "%s must be a whole number", f->label));
        return NULL;
    }
    errno = 0;
    long v = strtol(s, NULL, 10);
    if (errno == ERANGE || (bounded && (v < f->min || v > f->max))) {
        long least = bounded ? f->min : LONG_MIN, most = bounded ? f->max : LONG_MAX;
        refuse(ctx, f,
               arena_printf(a, "%s must be between %s and %s", f->label, grouped(a, least),
                            grouped(a, most)));
        return NULL;
    }
    return arena_printf(a, "%ld", v);
}

static const char *clean_bool(struct ctx *ctx, const struct field *f, const char *s)
{
    static const char *const yes[] = {"true", "yes", "on", "1", NULL};
    static const char *const no[] = {"false", "no", "off", "0", NULL};
    if (in_list(s, strlen(s), yes))
        return "true";
    if (in_list(s, strlen(s), no))
        return "false";
    refuse(ctx, f, absent_words(ctx->arena, f));
    return NULL;
}

static const char *clean_date(struct ctx *ctx, const struct field *f, const char *s)
{
    struct arena *a = ctx->arena;
    int64_t days;
    const char *why = NULL;
    if (!date_parse(s, &days))
        why = "must be a real date";
    else if ((f->flags & FIELD_NOT_FUTURE) && days > date_today())
        why = "must be today or in the past";
    else if ((f->flags & FIELD_NOT_PAST) && days < date_today())
        why = "must be today or in the future";
    if (!why)
        return date_iso(a, days);
    refuse(ctx, f, arena_printf(a, "%s %s", f->label, why));
    return NULL;
}

static const char *clean_time(struct ctx *ctx, const struct field *f, const char *s)
{
    struct arena *a = ctx->arena;
    int64_t us, now = clock_now_us();
    const char *why = NULL;
    if (!time_parse(s, &us))
        why = "must be a real date and time";
    else if ((f->flags & FIELD_NOT_FUTURE) && us > now + SKEW_US)
        why = "must be in the past";
    else if ((f->flags & FIELD_NOT_PAST) && us < now - SKEW_US)
        why = "must be in the future";
    if (!why)
        return time_iso(a, us);
    refuse(ctx, f, arena_printf(a, "%s %s", f->label, why));
    return NULL;
}

static const char *clean_uuid(struct ctx *ctx, const struct field *f, const char *s)
{
    uint8_t b[16];
    if (!uuid_bytes(s, b)) {
        refuse(ctx, f,
               arena_printf(ctx->arena, "%s must be an identifier this service gave", f->label));
        return NULL;
    }
    char *text = arena_alloc(ctx->arena, UUID_TEXT);
    uuid_text(b, text);
    return text;
}

static const char *clean_code(struct ctx *ctx, const struct field *f, const char *s)
{
    const struct vocab_code *c = vocab_code(f->vocab, s);
    if (c)
        return c->code;
    refuse(ctx, f,
           arena_printf(ctx->arena, "Select %s from the list", label_object(ctx->arena, f->label)));
    return NULL;
}

// ---- setting ----

static const char *clean_item(struct ctx *ctx, const struct field *f, char *s)
{
    switch (f->type) {
    case FIELD_TEXT:
    case FIELD_LIST:
        return clean_text(ctx, f, s);
    case FIELD_INT:
        return clean_int(ctx, f, s);
    case FIELD_BOOL:
        return clean_bool(ctx, f, s);
    case FIELD_DATE:
        return clean_date(ctx, f, s);
    case FIELD_TIME:
        return clean_time(ctx, f, s);
    case FIELD_UUID:
        return clean_uuid(ctx, f, s);
    case FIELD_CODE:
    case FIELD_CODES:
        return clean_code(ctx, f, s);
    case FIELD_OBJECTS:
        break;
    }
    refuse(ctx, f, arena_printf(ctx->arena, "%s cannot be set", f->label));
    return NULL;
}

static bool is_list(const struct field *f)
{
    return f->type == FIELD_LIST || f->type == FIELD_CODES;
}

bool field_set(struct ctx *ctx, const struct field *f, void *record, const char *raw)
{
    if (is_list(f))
        return field_set_list(ctx, f, record, &raw, raw != NULL);
    *field_at(record, f) = NULL;
    if (!raw)
        return true;
    char *s = (f->flags & FIELD_SECRET) ? arena_strdup(ctx->arena, raw) : trim(ctx->arena, raw);
    if (!*s)
        return true;
    if (f->flags & FIELD_LINES) // what somebody wrote is kept as it was written
        s = arena_strdup(ctx->arena, raw);
    const char *clean = clean_item(ctx, f, s);
    if (!clean)
        return false;
    *field_at(record, f) = clean;
    return true;
}

bool field_set_list(struct ctx *ctx, const struct field *f, void *record, const char *const *items,
                    size_t n)
{
    if (!is_list(f)) {
        if (n <= 1)
            return field_set(ctx, f, record, n ? items[0] : NULL);
        return refuse(ctx, f, arena_printf(ctx->arena, "%s must be given only once", f->label));
    }
    *field_at(record, f) = NULL;
    const char **kept = ARENA_ARRAY(ctx->arena, const char *, n);
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        char *s = items[i] ? trim(ctx->arena, items[i]) : NULL;
        if (!s || !*s)
            continue; // a blank row of a form
        const char *clean = clean_item(ctx, f, s);
        if (!clean)
            return false;
        bool seen = false;
        for (size_t k = 0; k < n_kept && !seen; k++)
            seen = strcmp(kept[k], clean) == 0;
        if (!seen)
            kept[n_kept++] = clean;
    }
    if (n_kept)
        *field_at(record, f) = field_array(ctx->arena, kept, n_kept);
    return true;
}

bool field_check_required(struct ctx *ctx, const struct field_table *t, const void *record)
{
    bool ok = true;
    for (size_t i = 0; i < t->n; i++) {
        const struct field *f = &t->fields[i];
        if (!(f->flags & FIELD_REQUIRED) || (f->flags & FIELD_READONLY) || field_get(record, f))
            continue;
        // A value that was refused has its own message already: one each is enough.
        bool told = false;
        for (const struct field_error *e = ctx->problem.first; e && !told; e = e->next)
            told = strcmp(e->field, f->name) == 0;
        if (!told)
            refuse(ctx, f, absent_words(ctx->arena, f));
        ok = false;
    }
    return ok;
}

// ---- PostgreSQL array text ----

size_t field_list(struct arena *a, const char *array, const char *const **ret_items)
{
    *ret_items = NULL;
    if (!array || array[0] != '{')
        return 0;
    size_t most = 1;
    for (const char *p = array; *p; p++)
        most += *p == ',';
    const char **items = ARENA_ARRAY(a, const char *, most);
    size_t n = 0;
    const char *p = array + 1;
    while (*p && *p != '}') {
        struct buf item;
        buf_init(&item, a);
        bool quoted = *p == '"';
        buf_add(&item, "", 0);
        for (p += quoted; *p && (quoted ? *p != '"' : *p != ',' && *p != '}'); p++) {
            if (*p == '\\' && p[1])
                p++;
            buf_putc(&item, *p);
        }
        p += quoted && *p == '"';
        if (quoted || strcasecmp(item.p, "NULL") != 0)
            items[n++] = item.p;
        p += *p == ',';
    }
    *ret_items = items;
    return n;
}

const char *field_array(struct arena *a, const char *const *items, size_t n)
{
    struct buf b;
    buf_init(&b, a);
    buf_putc(&b, '{');
    for (size_t i = 0; i < n; i++) {
        const char *s = items[i];
        if (i)
            buf_putc(&b, ',');
        size_t simple =
            strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
        if (*s && !s[simple] && strcasecmp(s, "null") != 0) {
            buf_puts(&b, s);
            continue;
        }
        buf_putc(&b, '"');
        for (; *s; s++) {
            if (*s == '"' || *s == '\\')
                buf_putc(&b, '\\');
            buf_putc(&b, *s);
        }
        buf_putc(&b, '"');
    }
    buf_putc(&b, '}');
    return b.p;
}

const char *field_list_lines(struct arena *a, const char *array)
{
    const char *const *items;
    size_t n = field_list(a, array, &items);
    struct buf b;
    buf_init(&b, a);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%s", i ? "\n" : "", items[i]);
    return n ? b.p : NULL;
}

const char *field_lines_list(struct arena *a, const char *lines)
{
    if (!lines)
        return NULL;
    const char **items = ARENA_ARRAY(a, const char *, strlen(lines) + 1);
    size_t n = 0;
    char *rest = arena_strdup(a, lines);
    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line)
            items[n++] = line;
    return field_array(a, items, n);
}
