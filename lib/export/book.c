// SPDX-License-Identifier: MIT
#include "export/book.h"

#include "base/vocab.h"
#include "table/csv_write.h"

#include <string.h>

static const char bom[] = "\xef\xbb\xbf";

// ---- JSON ----

void export_json(struct buf *out, const char *s)
{
    if (!s) {
        buf_puts(out, "null");
        return;
    }
    buf_putc(out, '"');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            buf_printf(out, "\\u%04x", c);
        else
            buf_putc(out, (char)c);
    }
    buf_putc(out, '"');
}

static void pair(struct buf *out, const char *indent, const char *name, const char *value,
                 const char *end)
{
    buf_printf(out, "%s\"%s\": ", indent, name);
    export_json(out, value);
    buf_puts(out, end);
}

static void add_constraints(struct buf *b, const struct export_variable *v)
{
    buf_printf(b, "\"constraints\": {\"required\": %s", v->required ? "true" : "false");
    if (v->type == EXPORT_NUMBER)
        buf_puts(b, ", \"minimum\": 1");
    if (v->type == EXPORT_STUDY)
        buf_puts(b, ", \"pattern\": \"S[0-9A-Z]{16}\"");
    buf_putc(b, '}');
}

static void add_categories(struct buf *b, const struct vocab *v)
{
    buf_puts(b, ", \"categories\": [");
    for (size_t i = 0; i < v->n; i++) {
        buf_printf(b, "%s{\"value\": ", i ? ", " : "");
        export_json(b, v->codes[i].code);
        buf_puts(b, ", \"label\": ");
        export_json(b, v->codes[i].label);
        buf_putc(b, '}');
    }
    buf_putc(b, ']');
}

static const char *format_of(enum export_type t)
{
    return t == EXPORT_DATE ? "%Y-%m-%d" : t == EXPORT_TIME ? "%Y-%m-%dT%H:%M:%SZ" : "default";
}

static void add_schema(struct buf *b, const struct export_table_row *t)
{
    buf_puts(b, "      \"schema\": {\n        \"fields\": [\n");
    for (size_t i = 0; i < t->n; i++) {
        const struct export_variable *v = &t->variables[i];
        const struct vocab *codes = v->vocab ? vocab_find(v->vocab) : NULL;
        pair(b, "          {", "name", v->name, ", ");
        pair(b, "", "type", export_type_name(v->type), ", ");
        pair(b, "", "format", format_of(v->type), ", ");
        pair(b, "", "title", v->label, ", ");
        pair(b, "", "description", v->help, ", ");
        add_constraints(b, v);
        if (codes && v->type != EXPORT_CODES)
            add_categories(b, codes);
        buf_printf(b, "}%s\n", i + 1 < t->n ? "," : "");
    }
    buf_puts(b, "        ],\n        \"missingValues\": [\"\"]");
    if (t->key[0]) {
        buf_puts(b, ",\n        \"primaryKey\": [");
        for (size_t i = 0; i < 2 && t->key[i]; i++)
            buf_printf(b, "%s\"%s\"", i ? ", " : "", t->key[i]);
        buf_putc(b, ']');
    }
    if (t->refers[0])
        buf_printf(
            b,
            ",\n        \"foreignKeys\": [{\"fields\": [\"study_id\", \"%s\"], \"reference\": "
            "{\"resource\": \"%s\", \"fields\": [\"study_id\", \"%s\"]}}]",
            t->refers[1], t->refers[0], t->refers[1]);
    else if (t != &export_tables[EXPORT_PARTICIPANTS])
        buf_puts(b, ",\n        \"foreignKeys\": [{\"fields\": [\"study_id\"], \"reference\": "
                    "{\"resource\": \"participants\", \"fields\": [\"study_id\"]}}]");
    buf_puts(b, "\n      }\n");
}

static void datapackage(struct buf *b, const struct export_book *book,
                        const struct export_entry *data)
{
    buf_puts(b,
             "{\n  \"profile\": \"tabular-data-package\",\n  \"name\": \"phoenix-evaluation\",\n");
    pair(b, "  ", "title", "Phoenix Programme evaluation data", ",\n");
    pair(b, "  ", "description",
         "Pseudonymous data on delivery, as known at the cut-off. No names, references or free "
         "text.",
         ",\n");
    pair(b, "  ", "as_of", book->as_of, ",\n");
    buf_puts(b, "  \"resources\": [\n");
    for (size_t i = 0; i < EXPORT_TABLES; i++) {
        const struct export_table_row *t = &export_tables[i];
        buf_puts(b, "    {\n");
        pair(b, "      ", "name", t->name, ",\n");
        pair(b, "      ", "title", t->title, ",\n");
        pair(b, "      ", "description", t->help, ",\n");
        pair(b, "      ", "path", data[i].name, ",\n");
        buf_puts(b, "      \"profile\": \"tabular-data-resource\",\n      \"format\": \"csv\",\n"
                    "      \"mediatype\": \"text/csv\",\n      \"encoding\": \"utf-8\",\n");
        buf_printf(b, "      \"bytes\": %lld,\n      \"hash\": \"sha256:%s\",\n", data[i].bytes,
                   data[i].sha256);
        buf_puts(b, "      \"dialect\": {\"delimiter\": \",\", \"lineTerminator\": \"\\r\\n\", "
                    "\"quoteChar\": \"\\\"\", \"doubleQuote\": true, \"header\": true},\n");
        add_schema(b, t);
        buf_printf(b, "    }%s\n", i + 1 < EXPORT_TABLES ? "," : "");
    }
    buf_puts(b, "  ]\n}\n");
}

static void manifest(struct buf *b, const struct export_book *book,
                     const struct export_entry *entries, size_t n)
{
    const struct export_ask *ask = book->ask;
    buf_puts(b, "{\n");
    pair(b, "  ", "kind", ask->kind, ",\n");
    pair(b, "  ", "as_of", book->as_of, ",\n");
    pair(b, "  ", "site", ask->site ? ask->site : "all", ",\n");
    pair(b, "  ", "who", ask->who, ",\n");
    pair(b, "  ", "why", ask->reason, ",\n");
    buf_printf(b, "  \"schema_version\": %d,\n", book->schema);
    pair(b, "  ", "vocabulary_version", vocab_version(), ",\n");
    pair(b, "  ", "pseudonymised", "study_id, worker_id and provider_id are keyed hashes", ",\n");
    pair(b, "  ", "suppression", "none: these are rows, not published counts", ",\n");
    buf_puts(b, "  \"engagement_thresholds\": [");
    for (size_t i = 0; i < book->n_thresholds; i++) {
        const struct export_threshold *t = &book->thresholds[i];
        buf_printf(b, "%s\n    {\"site\": ", i ? "," : "");
        export_json(b, t->site);
        buf_printf(b,
                   ", \"engaged_days\": %s, \"wavering_days\": %s, \"wavering_missed\": %s, "
                   "\"disengaged_missed\": %s}",
                   t->engaged_days, t->wavering_days, t->wavering_missed, t->disengaged_missed);
    }
    buf_puts(b, "\n  ],\n  \"files\": [");
    for (size_t i = 0; i < n; i++) {
        buf_printf(b, "%s\n    {\"path\": ", i ? "," : "");
        export_json(b, entries[i].name);
        buf_printf(b, ", \"bytes\": %lld, \"sha256\": \"%s\"", entries[i].bytes, entries[i].sha256);
        if (entries[i].rows >= 0)
            buf_printf(b, ", \"rows\": %ld", entries[i].rows);
        buf_putc(b, '}');
    }
    buf_puts(b, "\n  ]\n}\n");
}

// ---- codebook ----

static void book_row(struct buf *b, const char *const cells[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        csv_text(b, cells[i]);
    csv_end(b);
}

// One line for a variable, then one for each of its codes.
static void codebook_csv(struct buf *b)
{
    buf_puts(b, bom);
    book_row(b,
             (const char *const[]){"file", "variable", "type", "required", "label", "description",
                                   "vocabulary", "code", "code_label"},
             9);
    for (size_t i = 0; i < EXPORT_TABLES; i++) {
        const struct export_table_row *t = &export_tables[i];
        for (size_t k = 0; k < t->n; k++) {
            const struct export_variable *v = &t->variables[k];
            const struct vocab *codes = v->vocab ? vocab_find(v->vocab) : NULL;
            const char *type = export_type_name(v->type), *needed = v->required ? "true" : "false";
            const char *file = arena_printf(b->arena, "%s.csv", t->name);
            book_row(b,
                     (const char *const[]){file, v->name, type, needed, v->label, v->help, v->vocab,
                                           NULL, NULL},
                     9);
            for (size_t c = 0; codes && c < codes->n; c++)
                book_row(b,
                         (const char *const[]){file, v->name, type, needed, v->label, v->help,
                                               v->vocab, codes->codes[c].code,
                                               codes->codes[c].label},
                         9);
        }
    }
}

static void escaped(struct buf *b, const char *s)
{
    for (; s && *s; s++) {
        switch (*s) {
        case '&':
            buf_puts(b, "&amp;");
            break;
        case '<':
            buf_puts(b, "&lt;");
            break;
        case '>':
            buf_puts(b, "&gt;");
            break;
        case '"':
            buf_puts(b, "&quot;");
            break;
        default:
            buf_putc(b, *s);
        }
    }
}

static void tagged(struct buf *b, const char *tag, const char *s)
{
    buf_printf(b, "<%s>", tag);
    escaped(b, s);
    buf_printf(b, "</%s>", tag);
}

static void html_codes(struct buf *b, const struct vocab *codes)
{
    buf_puts(b, "<dl>");
    for (size_t c = 0; c < codes->n; c++) {
        tagged(b, "dt", codes->codes[c].code);
        tagged(b, "dd", codes->codes[c].label);
    }
    buf_puts(b, "</dl>");
}

static void codebook_html(struct buf *b, const struct export_book *book)
{
    buf_puts(b,
             "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<title>Codebook: Phoenix Programme evaluation data</title>\n<style>\n"
             "body{font-family:Arial,Helvetica,sans-serif;max-width:70em;margin:2em auto;"
             "padding:0 1em}\ntable{border-collapse:collapse;width:100%}\n"
             "td,th{text-align:left;vertical-align:top;padding:.4em;border-bottom:1px solid #aaa}\n"
             "dl{margin:0}dt{font-family:monospace;float:left;clear:left;margin-right:1em}\n"
             "</style>\n</head>\n<body>\n<h1>Codebook: Phoenix Programme evaluation data</h1>\n");
    buf_puts(b, "<p>Data as known at ");
    escaped(b, book->as_of);
    buf_puts(b, ". Vocabulary version ");
    escaped(b, vocab_version());
    buf_puts(b, ".</p>\n");
    for (size_t i = 0; i < EXPORT_TABLES; i++) {
        const struct export_table_row *t = &export_tables[i];
        buf_printf(b, "<h2 id=\"%s\">%s.csv: ", t->name, t->name);
        escaped(b, t->title);
        buf_puts(b, "</h2>\n");
        tagged(b, "p", t->help);
        buf_puts(
            b,
            "\n<table>\n<thead><tr><th scope=\"col\">Variable</th><th scope=\"col\">Type</th>"
            "<th scope=\"col\">Meaning</th><th scope=\"col\">Codes</th></tr></thead>\n<tbody>\n");
        for (size_t k = 0; k < t->n; k++) {
            const struct export_variable *v = &t->variables[k];
            const struct vocab *codes = v->vocab ? vocab_find(v->vocab) : NULL;
            buf_puts(b, "<tr><th scope=\"row\"><code>");
            escaped(b, v->name);
            buf_puts(b, "</code></th>");
            tagged(b, "td", export_type_name(v->type));
            buf_puts(b, "<td><strong>");
            escaped(b, v->label);
            buf_puts(b, ".</strong> ");
            escaped(b, v->help);
            buf_puts(b, v->required ? " Never empty." : "");
            buf_puts(b, "</td><td>");
            if (codes)
                html_codes(b, codes);
            buf_puts(b, "</td></tr>\n");
        }
        buf_puts(b, "</tbody>\n</table>\n");
    }
    buf_puts(b, "</body>\n</html>\n");
}

static void readme(struct buf *b, const struct export_book *book)
{
    buf_printf(
        b,
        "Phoenix Programme evaluation data\n"
        "=================================\n\n"
        "Cut-off: %s. Only what had been recorded by then is here, as it stood then:\n"
        "a correction made later does not count. The same request with the same cut-off gives\n"
        "the same bytes; asked for by somebody else, or for another reason, it differs in\n"
        "manifest.json alone. What the programme's thresholds and words were is in manifest.json\n"
        "and the codebook: when they change, status and labels follow.\n\n"
        "The data are pseudonymous: study_id is a keyed identifier. There are no names,\n"
        "references, case numbers or words that anybody wrote. They are still personal data:\n"
        "keep them as your agreement says.\n\n"
        "Files\n-----\n\n",
        book->as_of);
    for (size_t i = 0; i < EXPORT_TABLES; i++)
        buf_printf(b, "%s.csv: %s\n", export_tables[i].name, export_tables[i].help);
    buf_puts(
        b,
        "codebook.csv, codebook.html: every variable and every code.\n"
        "datapackage.json: the same for programs (Frictionless Data Package).\n"
        "manifest.json: the cut-off, who asked and why, and the SHA-256 of each file.\n\n"
        "Reading them\n------------\n\n"
        "CSV as in RFC 4180, UTF-8 with a byte order mark. Dates are YYYY-MM-DD, times are UTC,\n"
        "true and false are words, an empty cell is missing, lists of codes are separated by\n"
        "semicolons. A text that a spreadsheet would take for a formula has an apostrophe before\n"
        "it.\n\n"
        "R:      read.csv(\"contacts.csv\", fileEncoding = \"UTF-8-BOM\", na.strings = \"\")\n"
        "Python: csv.DictReader(open(\"contacts.csv\", encoding=\"utf-8-sig\", newline=\"\"))\n");
}

// ---- together ----

static struct export_entry *begin(struct ctx *ctx, struct export_entry *entries, size_t n,
                                  const char *name)
{
    entries[n] = (struct export_entry){.name = name, .rows = -1};
    buf_init(&entries[n].content, ctx->arena);
    return &entries[n];
}

static void finish(struct ctx *ctx, struct export_entry *e)
{
    struct sha256 *hash = sha256_new(ctx->arena);
    sha256_add(hash, e->content.p, e->content.n);
    e->sha256 = sha256_hex(ctx->arena, hash);
    e->bytes = (long long)e->content.n;
}

size_t export_book_add(struct ctx *ctx, const struct export_book *book,
                       struct export_entry entries[EXPORT_ENTRIES], size_t n)
{
    struct export_entry *e = begin(ctx, entries, n++, "codebook.csv");
    codebook_csv(&e->content);
    finish(ctx, e);
    e = begin(ctx, entries, n++, "codebook.html");
    codebook_html(&e->content, book);
    finish(ctx, e);
    e = begin(ctx, entries, n++, "datapackage.json");
    datapackage(&e->content, book, entries);
    finish(ctx, e);
    e = begin(ctx, entries, n++, "README.txt");
    readme(&e->content, book);
    finish(ctx, e);
    e = begin(ctx, entries, n, "manifest.json"); // tells of all before it
    manifest(&e->content, book, entries, n);
    finish(ctx, e);
    return n + 1;
}
