// SPDX-License-Identifier: MIT
// `phoenix schema`: the entity diagram, read from the database itself, so that it cannot be out of date.
#include "command.h"
#include "db/db.h"

#include <stdio.h>
#include <string.h>

const struct option_row schema_options[] = {
    {"svg", NULL, "a drawing instead of text"},
    {0},
};
const char schema_help[] =
    "Text: a block a table, its key first (*), with what is sealed and where each reference goes.\n"
    "With --svg the same as a drawing: phoenix schema --svg > schema.svg. References of\n"
    "cases to sites, agencies and users are in the text alone.";

struct column {
    const char *name, *type;
    bool key;
};

struct table {
    const char *schema, *name;
    const struct column *columns;
    size_t n;
    int x, y; // of the drawing, in pixels
};

struct link {
    const struct table *from, *to;
    const char *column;
};

struct schema {
    struct table *tables;
    struct link *links;
    size_t n_tables, n_links;
};

static const struct table *find(const struct schema *s, const char *schema, const char *name)
{
    for (size_t i = 0; i < s->n_tables; i++)
        if (strcmp(s->tables[i].schema, schema) == 0 && strcmp(s->tables[i].name, name) == 0)
            return &s->tables[i];
    return NULL;
}

// Rows come ordered by table, so a table's columns are neighbours.
static void read_tables(struct arena *a, const struct db_pipeline *pl, size_t i, struct schema *ret)
{
    size_t n = db_nrows(pl, i);
    struct column *columns = ARENA_ARRAY(a, struct column, n + 1);
    ret->tables = ARENA_ARRAY(a, struct table, n + 1);
    for (size_t row = 0; row < n; row++) {
        const char *schema = db_get(pl, i, row, "schema"), *name = db_get(pl, i, row, "table");
        struct table *t = ret->n_tables ? &ret->tables[ret->n_tables - 1] : NULL;
        columns[row] = (struct column){db_get(pl, i, row, "column"), db_get(pl, i, row, "type"),
                                       *db_get(pl, i, row, "key") == 't'};
        if (!t || strcmp(t->schema, schema) != 0 || strcmp(t->name, name) != 0) {
            t = &ret->tables[ret->n_tables++];
            *t = (struct table){.schema = schema, .name = name, .columns = &columns[row]};
        }
        t->n++;
    }
}

static void read_links(struct arena *a, const struct db_pipeline *pl, size_t i, struct schema *ret)
{
    size_t n = db_nrows(pl, i);
    ret->links = ARENA_ARRAY(a, struct link, n + 1);
    for (size_t row = 0; row < n; row++) {
        struct link l = {
            find(ret, db_get(pl, i, row, "schema"), db_get(pl, i, row, "table")),
            find(ret, db_get(pl, i, row, "to_schema"), db_get(pl, i, row, "to_table")),
            db_get(pl, i, row, "column"),
        };
        if (l.from && l.to)
            ret->links[ret->n_links++] = l;
    }
}

static bool is_sealed(const struct column *c)
{
    return strcmp(c->type, "app.sealed") == 0;
}

// ---- as text ----

static void print_text(const struct schema *s)
{
    for (size_t i = 0; i < s->n_tables; i++) {
        const struct table *t = &s->tables[i];
        printf("%s%s.%s\n", i ? "\n" : "", t->schema, t->name);
        for (size_t c = 0; c < t->n; c++) {
            printf("  %c %-22s %s", t->columns[c].key ? '*' : ' ', t->columns[c].name,
                   is_sealed(&t->columns[c]) ? "sealed" : t->columns[c].type);
            for (size_t k = 0; k < s->n_links; k++)
                if (s->links[k].from == t && strcmp(s->links[k].column, t->columns[c].name) == 0)
                    printf(" -> %s.%s", s->links[k].to->schema, s->links[k].to->name);
            putchar('\n');
        }
    }
}

// ---- as a drawing ----

enum { BOX = 210, GAP_X = 70, GAP_Y = 18, ROW = 14, HEAD = 20, TALL = 1100, MARGIN = 30 };

// Nearly every row says at which site it is and who made it: lines from other schemas to sites, agencies
// and users would hide the rest.
static bool is_drawn(const struct link *l)
{
    return strcmp(l->to->schema, "access") != 0 || strcmp(l->from->schema, "access") == 0;
}

static int box_height(const struct table *t)
{
    return HEAD + ROW * (int)t->n + 6;
}

// Tables stand in columns, a schema never sharing one with another.
static int place(struct schema *s)
{
    int x = MARGIN, y = MARGIN;
    for (size_t i = 0; i < s->n_tables; i++) {
        struct table *t = &s->tables[i];
        bool other = i && strcmp(t->schema, s->tables[i - 1].schema) != 0;
        if (y > MARGIN && (other || y + box_height(t) > TALL)) {
            x += BOX + GAP_X;
            y = MARGIN;
        }
        t->x = x;
        t->y = y;
        y += box_height(t) + GAP_Y;
    }
    return x + BOX + MARGIN;
}

static int row_y(const struct table *t, const char *column)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->columns[i].name, column) == 0)
            return t->y + HEAD + ROW * (int)i + ROW / 2;
    return t->y + HEAD / 2;
}

// From the column to the head of the table it refers to, by whichever sides are nearer.
static void draw_link(const struct link *l)
{
    bool right = l->to->x > l->from->x;
    bool same = l->to->x == l->from->x;
    int x1 = right ? l->from->x + BOX : l->from->x, y1 = row_y(l->from, l->column);
    int x2 = right || same ? l->to->x : l->to->x + BOX, y2 = l->to->y + HEAD / 2;
    int bend = right ? GAP_X / 2 : -GAP_X / 2;
    int end = right || same ? -GAP_X / 2 : GAP_X / 2;
    printf("<path d=\"M%d %dC%d %d %d %d %d %d\"/>\n", x1, y1, x1 + bend, y1, x2 + end, y2, x2, y2);
}

static void draw_table(const struct table *t)
{
    printf("<g class=\"%s\"><rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>"
           "<rect class=\"head\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>"
           "<text class=\"name\" x=\"%d\" y=\"%d\">%s.%s</text>\n",
           t->schema, t->x, t->y, BOX, box_height(t), t->x, t->y, BOX, HEAD, t->x + 6, t->y + 14,
           t->schema, t->name);
    for (size_t i = 0; i < t->n; i++) {
        int y = t->y + HEAD + ROW * (int)i + ROW - 3;
        printf("<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>"
               "<text class=\"type\" x=\"%d\" y=\"%d\">%.18s</text>\n",
               t->columns[i].key ? "key" : "column", t->x + 6, y, t->columns[i].name,
               t->x + BOX - 6, y, is_sealed(&t->columns[i]) ? "sealed" : t->columns[i].type);
    }
    puts("</g>");
}

static void print_svg(struct schema *s)
{
    int width = place(s);
    printf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n"
           "<style>text{font:11px sans-serif}.name{font-weight:bold;fill:#fff}.key{font-weight:bold}"
           ".type{fill:#666;text-anchor:end}.box{fill:#fff;stroke:#888}path{fill:none;stroke:#99a}"
           ".access .head{fill:#1d70b8}.app .head{fill:#00703c}.intel .head{fill:#942514}"
           ".trial .head{fill:#4c2c92}.audit .head{fill:#505a5f}</style>\n"
           "<rect width=\"100%%\" height=\"100%%\" fill=\"#f8f8f8\"/>\n",
           width, TALL + 2 * MARGIN, width, TALL + 2 * MARGIN);
    for (size_t i = 0; i < s->n_links; i++)
        if (is_drawn(&s->links[i]))
            draw_link(&s->links[i]);
    for (size_t i = 0; i < s->n_tables; i++)
        draw_table(&s->tables[i]);
    puts("</svg>");
}

enum err run_schema(struct cli *cli)
{
    struct ctx *ctx = cli->ctx;
    struct schema s = {0};
    enum err e = cli_connect(cli, CLI_OWNER);
    if (e)
        return e;
    struct db_pipeline *pl = db_pipeline_new(ctx);
    size_t columns = db_add(pl, DB_CALL0(schema_columns)),
           links = db_add(pl, DB_CALL0(schema_links));
    e = db_run(ctx, pl);
    if (e)
        return e;
    read_tables(ctx->arena, pl, columns, &s);
    read_links(ctx->arena, pl, links, &s);
    if (cli_option(cli, "svg"))
        print_svg(&s);
    else
        print_text(&s);
    return ERR_OK;
}
