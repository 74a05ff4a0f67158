// SPDX-License-Identifier: MIT
#include "web/components.h"

const char *ui_join(struct arena *a, const char *first, const char *second)
{
    return arena_printf(a, "%s%s", first ? first : "", second ? second : "");
}

const char *ui_described_by(struct arena *a, const char *base, const char *id, bool hint,
                            bool error)
{
    if (!given(base) && !hint && !error)
        return NULL;
    struct buf b;
    buf_init(&b, a);
    if (given(base))
        buf_puts(&b, base);
    if (hint)
        buf_printf(&b, "%s%s-hint", b.n ? " " : "", id);
    if (error)
        buf_printf(&b, "%s%s-error", b.n ? " " : "", id);
    return b.p;
}

const char *ui_choice_id(struct arena *a, const char *prefix, const struct ui_choice *item,
                         size_t i)
{
    if (given(item->id))
        return item->id;
    return i ? arena_printf(a, "%s-%zu", prefix, i + 1) : prefix;
}

bool ui_choice_checked(const struct ui_choice *item, const struct ui_values *values)
{
    if (item->checked != UI_UNSAID)
        return item->checked == UI_YES;
    for (size_t i = 0; i < values->n; i++)
        if (values->at[i] && item->value && strcmp(values->at[i], item->value) == 0)
            return true;
    return false;
}
