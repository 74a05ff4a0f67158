// SPDX-License-Identifier: MIT
// The CSV reader: what spreadsheets write, and what is no spreadsheet, told with its place.
#include "table/csv.h"

#include "test.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static struct ctx ctx;

static FILE *file_of(const void *p, size_t n)
{
    FILE *f = tmpfile();
    CHECK_FATAL(f && fwrite(p, 1, n, f) == n && fflush(f) == 0);
    return f;
}

// All rows as "a|b/c|d/", or the words of what is wrong.
static const char *read_bytes(const void *p, size_t n, char separator)
{
    arena_free(ctx.arena);
    ctx = (struct ctx){.arena = arena_new()};
    FILE *f = file_of(p, n);
    struct csv *csv;
    struct csv_row row;
    bool more = true;
    char *all = arena_strdup(ctx.arena, "");
    enum err e = csv_open(&ctx, f, "f.csv", separator, &csv);
    while (!e && !(e = csv_next(&ctx, csv, &row, &more)) && more)
        for (size_t i = 0; i < row.n; i++)
            all = arena_printf(ctx.arena, "%s%s%s", all, row.cells[i], i + 1 < row.n ? "|" : "/");
    (void)fclose(f);
    CHECK(e == ERR_OK || e == ERR_MALFORMED);
    return e ? ctx.problem.detail : all;
}
#define READ(text) read_bytes((text), sizeof(text) - 1, ',')

TEST(what_spreadsheets_write)
{
    CHECK_STR(READ("a,b\r\n1,2\r\n"), "a|b/1|2/");
    CHECK_STR(READ("a,b\n1,2"), "a|b/1|2/");
    CHECK_STR(READ("a,\"b, \"\"c\"\"\"\n"), "a|b, \"c\"/");
    CHECK_STR(READ("\"one\r\ntwo\",x\r\n,\r\n"), "one\ntwo|x/|/");
    CHECK_STR(READ("5'6\" tall,b\n"), "5'6\" tall|b/");
    CHECK_STR(READ("a\n\nb\n"), "a//b/");
    CHECK_STR(READ("\"\"\n"), "/");
    CHECK_STR(read_bytes("a;b\n", 4, ';'), "a|b/");
    CHECK_STR(read_bytes("a\tb\n", 4, '\t'), "a|b/");
}

TEST(separator_told_by_the_file)
{
    CHECK_STR(READ("sep=;\r\na;b\n1;2\n"), "a|b/1|2/");
    CHECK_STR(READ("\xef\xbb\xbf\"SEP=\t\"\na\tb\n"), "a|b/");
    CHECK_STR(READ("sep=;a\n"), "sep=;a/");
    CHECK_STR(READ("sep=,\n"), "f.csv, row 1, column 1: the file is empty");
    CHECK_STR(READ("sep=;\na;b\n1;\"2\n"),
              "f.csv, row 2, column 2: the quote that opens here is not closed");
}

TEST(encodings)
{
    CHECK_STR(READ("\xef\xbb\xbf" "caf\xc3\xa9,x\n"), "caf\xc3\xa9|x/");
    CHECK_STR(READ("caf\xc3\xa9\n"), "caf\xc3\xa9/");
    CHECK_STR(READ("caf\xe9 \x96 \xa3" "6\n"), "caf\xc3\xa9 \xe2\x80\x93 \xc2\xa3" "6/");
    CHECK_STR(READ("\x80\n"), "\xe2\x82\xac/");
    CHECK_STR(READ("a,b\nc,\x81\n"),
              "f.csv, row 2, column 2: a byte that neither UTF-8 nor Windows-1252 has");
}

TEST(what_is_no_spreadsheet)
{
    CHECK_STR(READ(""), "f.csv, row 1, column 1: the file is empty");
    CHECK_STR(READ("\xef\xbb\xbf"), "f.csv, row 1, column 1: the file is empty");
    CHECK_STR(READ("\xff\xd8\xff\xe0\0\x10JFIF"),
              "f.csv, row 1, column 1: this is not a CSV file (a picture or workbook?)");
    CHECK_STR(READ("\xff\xfe" "a\0,\0b\0\n\0"),
              "f.csv, row 1, column 1: this is UTF-16 text: save the file again as CSV UTF-8");
    CHECK_STR(READ("a,b\r1,2\r"), "f.csv, row 1, column 2: lines end with CR alone: save the file "
                                  "again as CSV for Windows");
    CHECK_STR(READ("a,b\n1,\"2\n3,4\n"),
              "f.csv, row 2, column 2: the quote that opens here is not closed");
    CHECK_STR(READ("a\n\"b\"c\n"), "f.csv, row 2, column 1: there is text after a closing quote");
    CHECK_STR(READ("a,b\nx,caf\xc3\xa9\n1,caf\xe9\n"),
              "f.csv, row 3, column 2: the file mixes UTF-8 with another encoding");
    CHECK_STR(READ("\xef\xbb\xbf" "a\ncaf\xe9\n"),
              "f.csv, row 2, column 1: the file mixes UTF-8 with another encoding");
}

TEST(a_line_without_end)
{
    size_t n = 4 * CSV_ROW_MOST;
    char *p = malloc(n);
    CHECK_FATAL(p != NULL);
    memset(p, 'x', n);
    memcpy(p, "a\nb\n", 4);
    CHECK_STR(read_bytes(p, n, ','), "f.csv, row 3, column 1: the row is longer than 1 MiB (a quote "
                                     "that is not closed?)");
    memset(p, ',', n);
    CHECK_STR(read_bytes(p, n, ','), "f.csv, row 1, column 512: there are more than 512 columns");
    free(p);
    CHECK(arena_size(ctx.arena) < 16 * CSV_ROW_MOST);
    arena_free(ctx.arena);
    ctx.arena = NULL;
}

TESTS("csv", T(what_spreadsheets_write), T(separator_told_by_the_file), T(encodings), T(what_is_no_spreadsheet),
      T(a_line_without_end))
