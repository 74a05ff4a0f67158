// SPDX-License-Identifier: MIT
#include "table/csv.h"

#include "base/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CHUNK = 64 * 1024, TEXT_FIRST = 16 * 1024 };

struct csv {
    FILE *f;
    const char *name;
    char separator;
    bool utf8, bom;
    long from; // of the first row: after a BOM and a line "sep=;"
    uint8_t in[CHUNK];
    size_t at, n;
    long long offset; // of the next byte
    long row, column; // being read
    struct arena *arena;
    char *text; // the row's cells, each ended by NUL; grows with the longest row
    size_t n_text, cap_text, n_bytes;
    size_t starts[CSV_COLUMNS_MOST];
    const char *cells[CSV_COLUMNS_MOST];
    size_t n_cells;
};

static enum err refuse(struct ctx *ctx, const struct csv *csv, const char *words)
{
    return ctx_refuse(ctx, ERR_MALFORMED, "%s, row %ld, column %ld: %s", csv->name, csv->row,
                      csv->column, words);
}

// ---- bytes ----

static int peek(struct csv *csv)
{
    if (csv->at == csv->n) {
        csv->n = fread(csv->in, 1, sizeof(csv->in), csv->f);
        csv->at = 0;
    }
    return csv->n ? csv->in[csv->at] : EOF;
}

static int get(struct csv *csv)
{
    int c = peek(csv);
    if (c != EOF) {
        csv->at++;
        csv->offset++;
    }
    return c;
}

static enum err start(struct ctx *ctx, struct csv *csv)
{
    if (fseek(csv->f, csv->from, SEEK_SET) != 0)
        return ctx_refuse(ctx, ERR_IO, "%s cannot be read twice", csv->name);
    csv->at = csv->n = 0;
    csv->offset = csv->from;
    csv->row = 0;
    return ERR_OK;
}

// ---- encoding ----

// What a look at every byte finds.
struct survey {
    long long size, control, valid, n_valid, stray, n_stray; // first places, -1 for none
};

static bool control_byte(int c)
{
    return (c < 32 && c != '\t' && c != '\n' && c != '\r') || c == 127;
}

static void note(long long *first, long long *n, long long at)
{
    if (*first < 0)
        *first = at;
    ++*n;
}

static struct survey survey(struct csv *csv)
{
    struct survey s = {.control = -1, .valid = -1, .stray = -1};
    struct utf8_part u = {0};
    long long lead = 0;
    for (int c; (c = get(csv)) != EOF;) {
        long long at = csv->offset - 1;
        if (control_byte(c) && s.control < 0)
            s.control = at;
        if (utf8_more(&u, (unsigned char)c)) {
            if (!u.left)
                note(&s.valid, &s.n_valid, lead);
            continue;
        }
        if (u.left)
            note(&s.stray, &s.n_stray, lead);
        u.left = 0;
        lead = at;
        if (c >= 0x80 && !utf8_lead(&u, (unsigned char)c))
            note(&s.stray, &s.n_stray, at);
    }
    if (u.left)
        note(&s.stray, &s.n_stray, lead);
    s.size = csv->offset;
    return s;
}

// Windows-1252, 0x80 to 0x9f; 0 where there is no character.
static const uint16_t upper[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                   0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                   0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                   0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

// The most that one byte can become, and a NUL after it, fit once this is done.
static void make_room(struct csv *csv)
{
    if (csv->cap_text - csv->n_text >= 4)
        return;
    size_t cap = csv->cap_text ? csv->cap_text * 2 : TEXT_FIRST;
    csv->text = arena_grow(csv->arena, csv->text, csv->cap_text, cap);
    csv->cap_text = cap;
}

static bool put(struct csv *csv, int c)
{
    make_room(csv);
    if (csv->utf8 || c < 0x80) {
        csv->text[csv->n_text++] = (char)c;
        return true;
    }
    int32_t u = c < 0xa0 ? upper[c - 0x80] : c;
    csv->n_text += utf8_put(csv->text + csv->n_text, u);
    return u != 0;
}

// ---- rows ----

static enum err too_long(struct ctx *ctx, const struct csv *csv)
{
    return refuse(ctx, csv, "the row is longer than 1 MiB (a quote that is not closed?)");
}

static enum err cell_quoted(struct ctx *ctx, struct csv *csv)
{
    (void)get(csv);
    for (;;) {
        int c = get(csv);
        if (c == EOF)
            return refuse(ctx, csv, "the quote that opens here is not closed");
        if (++csv->n_bytes > CSV_ROW_MOST)
            return too_long(ctx, csv);
        if (c == '"') {
            if (peek(csv) != '"')
                break;
            (void)get(csv);
        } else if (c == '\r') {
            if (peek(csv) == '\n')
                (void)get(csv);
            c = '\n';
        }
        if (!put(csv, c))
            return refuse(ctx, csv, "a byte that neither UTF-8 nor Windows-1252 has");
    }
    int c = peek(csv);
    if (c == EOF || c == '\r' || c == '\n' || c == csv->separator)
        return ERR_OK;
    return refuse(ctx, csv, "there is text after a closing quote");
}

static enum err cell_plain(struct ctx *ctx, struct csv *csv)
{
    for (;;) {
        int c = peek(csv);
        if (c == EOF || c == '\r' || c == '\n' || c == csv->separator)
            return ERR_OK;
        (void)get(csv);
        if (++csv->n_bytes > CSV_ROW_MOST)
            return too_long(ctx, csv);
        if (!put(csv, c))
            return refuse(ctx, csv, "a byte that neither UTF-8 nor Windows-1252 has");
    }
}

static enum err row_end(struct ctx *ctx, struct csv *csv)
{
    int c = get(csv);
    if (c == '\r' && get(csv) != '\n')
        return refuse(ctx, csv, "lines end with CR alone: save the file again as CSV for Windows");
    return ERR_OK;
}

// Reads cells until the end of the row, or until `until` is reached.
static enum err read_row(struct ctx *ctx, struct csv *csv, long long until)
{
    csv->row++;
    csv->n_text = csv->n_bytes = csv->n_cells = 0;
    for (;;) {
        if (csv->n_cells == CSV_COLUMNS_MOST)
            return refuse(ctx, csv, "there are more than 512 columns");
        csv->column = (long)csv->n_cells + 1;
        csv->starts[csv->n_cells++] = csv->n_text;
        enum err e = peek(csv) == '"' ? cell_quoted(ctx, csv) : cell_plain(ctx, csv);
        if (e)
            return e;
        make_room(csv);
        csv->text[csv->n_text++] = 0;
        if (csv->offset > until)
            return ERR_OK;
        if (peek(csv) != csv->separator)
            return row_end(ctx, csv);
        (void)get(csv);
        csv->n_bytes++;
    }
}

// Says where the byte at `place` is; a fault of structure before it is what is told instead.
static enum err refuse_at(struct ctx *ctx, struct csv *csv, long long place, const char *words)
{
    bool utf8 = csv->utf8;
    csv->utf8 = true; // bytes as they are
    enum err e = start(ctx, csv);
    while (!e && csv->offset <= place && peek(csv) != EOF)
        e = read_row(ctx, csv, place);
    csv->utf8 = utf8;
    return e ? e : refuse(ctx, csv, words);
}

enum err csv_next(struct ctx *ctx, struct csv *csv, struct csv_row *ret, bool *ret_more)
{
    *ret_more = peek(csv) != EOF;
    if (!*ret_more)
        return ferror(csv->f) ? ctx_refuse(ctx, ERR_IO, "%s cannot be read", csv->name) : ERR_OK;
    enum err e = read_row(ctx, csv, INT64_MAX);
    if (e)
        return e;
    for (size_t i = 0; i < csv->n_cells; i++)
        csv->cells[i] = csv->text + csv->starts[i];
    *ret = (struct csv_row){csv->row, csv->cells, csv->n_cells};
    return ERR_OK;
}

enum err csv_rewind(struct ctx *ctx, struct csv *csv)
{
    return start(ctx, csv);
}

bool csv_is_utf8(const struct csv *csv)
{
    return csv->utf8;
}

// Excel's first line "sep=;" is no row, and says more than the mapping.
static void read_separator(struct csv *csv, const char *s)
{
    size_t quote = *s == '"';
    if (strncasecmp(s + quote, "sep=", 4) != 0)
        return;
    const char *at = s + quote + 4, *end = at + 1 + quote;
    if (!*at || !strchr(",;\t|", *at) || (quote && at[1] != '"'))
        return;
    end += *end == '\r';
    if (*end != '\n')
        return;
    csv->separator = *at;
    csv->from += end + 1 - s;
}

static enum err read_head(struct ctx *ctx, struct csv *csv)
{
    char head[16] = "";
    enum err e = start(ctx, csv);
    if (e)
        return e;
    head[fread(head, 1, sizeof(head) - 1, csv->f)] = 0;
    csv->bom = memcmp(head, "\xef\xbb\xbf", 3) == 0;
    csv->from = csv->bom ? 3 : 0;
    csv->row = csv->column = 1;
    if (memcmp(head, "\xff\xfe", 2) == 0 || memcmp(head, "\xfe\xff", 2) == 0)
        return refuse(ctx, csv, "this is UTF-16 text: save the file again as CSV UTF-8");
    read_separator(csv, head + csv->from);
    return start(ctx, csv);
}

static enum err check(struct ctx *ctx, struct csv *csv)
{
    enum err e = read_head(ctx, csv);
    if (e)
        return e;
    struct survey s = survey(csv);
    if (ferror(csv->f))
        return ctx_refuse(ctx, ERR_IO, "%s cannot be read", csv->name);
    csv->row = csv->column = 1;
    if (s.size == csv->from)
        return refuse(ctx, csv, "the file is empty");
    if (s.control >= 0) {
        // Said of the first row when it is no text at all: its rows mean nothing.
        return s.control < 512 ? refuse(ctx, csv, "this is not a CSV file (a picture or workbook?)")
                               : refuse_at(ctx, csv, s.control, "there is a control character");
    }
    csv->utf8 = s.stray < 0;
    if (s.stray >= 0 && (s.valid >= 0 || csv->bom))
        return refuse_at(ctx, csv,
                         s.n_valid && s.n_valid < s.n_stray && !csv->bom ? s.valid : s.stray,
                         "the file mixes UTF-8 with another encoding");
    return start(ctx, csv);
}

enum err csv_open(struct ctx *ctx, FILE *f, const char *name, char separator, struct csv **ret)
{
    struct csv *csv = ARENA_NEW(ctx->arena, struct csv);
    csv->f = f;
    csv->name = name;
    csv->separator = separator;
    csv->arena = ctx->arena;
    enum err e = check(ctx, csv);
    if (!e)
        *ret = csv;
    return e;
}
