// SPDX-License-Identifier: MIT
#include "web/ui/chart.h"

enum { WIDTH = 400, ROW = 44, BAR_MOST = 340, LEFT = 44, TOP = 34, TALL = 150 };

static long most_of(const struct chart_datum *data, size_t n)
{
    long most = 0;
    for (size_t i = 0; i < n; i++)
        most = data[i].value > most ? data[i].value : most;
    return most;
}

// A share of a length, and never nothing for something.
static int share(long value, long most, int length)
{
    if (value <= 0 || most <= 0)
        return 0;
    int part = (int)((double)value / (double)most * length);
    return part > 0 ? part : 1;
}

const struct chart *chart_bars(struct arena *a, const char *id, const char *title, const char *desc,
                               const struct chart_datum *data, size_t n)
{
    long most = most_of(data, n);
    struct chart_bar *bars = ARENA_ARRAY(a, struct chart_bar, n + 1);
    for (size_t i = 0; i < n; i++) {
        int top = (int)i * ROW, width = share(data[i].value, most, BAR_MOST);
        bars[i] = (struct chart_bar){
            .label = data[i].label,
            .value = arena_printf(a, "%ld", data[i].value),
            .label_y = top + 14,
            .bar_y = top + 20,
            .width = width,
            .value_x = width + 6,
            .value_y = top + 33,
        };
    }
    struct chart *c = ARENA_NEW(a, struct chart);
    *c = (struct chart){.id = id,
                        .title = title,
                        .desc = desc,
                        .height = (int)n * ROW + 4,
                        .bars = bars,
                        .n_bars = n};
    return c;
}

// 1, 2 or 5 times a power of ten, at least the greatest value: the top of the scale.
static long scale_of(long most)
{
    for (long step = 1;; step *= 10)
        for (int i = 0; i < 3; i++) {
            long top = step * (i == 0 ? 1 : i == 1 ? 2 : 5);
            if (top >= most)
                return top;
        }
}

const struct chart *chart_columns(struct arena *a, const char *id, const char *title,
                                  const char *desc, const char *all_label, const char *part_label,
                                  const struct chart_datum *data, size_t n)
{
    long top = scale_of(most_of(data, n));
    int step = n ? (WIDTH - LEFT) / (int)n : 0, base = TOP + TALL;
    struct chart_column *columns = ARENA_ARRAY(a, struct chart_column, n + 1);
    for (size_t i = 0; i < n; i++) {
        int height = share(data[i].value, top, TALL), part = share(data[i].part, top, TALL);
        columns[i] = (struct chart_column){.x = LEFT + (int)i * step,
                                           .y = base - height,
                                           .height = height,
                                           .part_y = base - part,
                                           .part_height = part};
    }
    struct chart *c = ARENA_NEW(a, struct chart);
    *c = (struct chart){
        .id = id,
        .title = title,
        .desc = desc,
        .height = base + 28,
        .columns = columns,
        .n_columns = n,
        .base_y = base,
        .column_width = step > 3 ? step - 2 : 1,
        .most = arena_printf(a, "%ld", top),
        .first = n ? data[0].label : "",
        .last = n ? data[n - 1].label : "",
        .all_label = all_label,
        .part_label = part_label,
    };
    return c;
}
