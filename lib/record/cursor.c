// SPDX-License-Identifier: MIT
#include "record/cursor.h"

#include "base/buf.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Parts are parted by the unit separator, which no key holds.
enum { SEPARATOR = 0x1f, LONGEST = 1024 };

const char *cursor_make(struct arena *a, const char *const *parts, size_t n)
{
    struct buf plain, out;
    buf_init(&plain, a);
    buf_init(&out, a);
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_putc(&plain, SEPARATOR);
        buf_puts(&plain, parts[i] ? parts[i] : "");
    }
    for (size_t i = 0; i < plain.n; i += 3) {
        size_t left = plain.n - i;
        uint32_t v = (uint32_t)(unsigned char)plain.p[i] << 16;
        v |= left > 1 ? (uint32_t)(unsigned char)plain.p[i + 1] << 8 : 0;
        v |= left > 2 ? (uint32_t)(unsigned char)plain.p[i + 2] : 0;
        for (size_t k = 0; k < (left > 2 ? 4 : left + 1); k++)
            buf_putc(&out, alphabet[v >> (18 - 6 * k) & 63]);
    }
    return out.n ? out.p : "";
}

static bool decode(const char *s, struct buf *out)
{
    uint32_t v = 0;
    unsigned bits = 0;
    for (; *s; s++) {
        const char *at = strchr(alphabet, *s);
        if (!at)
            return false;
        v = v << 6 | (uint32_t)(at - alphabet);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            char c = (char)(v >> bits & 0xff);
            if (!c)
                return false;
            buf_putc(out, c);
        }
    }
    // What is left over must be padding of zeros, or two words would mean one cursor.
    return bits < 6 && (v & ((1u << bits) - 1)) == 0;
}

bool cursor_read(struct arena *a, const char *cursor, const char **ret_parts, size_t n)
{
    struct buf plain;
    buf_init(&plain, a);
    if (!cursor || !n || n > CURSOR_PARTS || strlen(cursor) > LONGEST || !decode(cursor, &plain) ||
        !plain.n)
        return false;
    const char *parts[CURSOR_PARTS];
    char *p = plain.p;
    for (size_t i = 0; i < n; i++) {
        char *end = strchr(p, SEPARATOR);
        if ((end == NULL) != (i == n - 1))
            return false;
        if (end)
            *end = '\0';
        parts[i] = p;
        p = end ? end + 1 : p;
    }
    memcpy(ret_parts, parts, n * sizeof(parts[0]));
    return true;
}

enum err cursor_query(struct ctx *ctx, const char *field, const char *cursor,
                      const char **ret_parts, size_t n)
{
    if (!cursor) {
        memset(ret_parts, 0, n * sizeof(*ret_parts));
        return ERR_OK;
    }
    if (cursor_read(ctx->arena, cursor, ret_parts, n))
        return ERR_OK;
    ctx_field_error(ctx, field, "The page marker is not one that a list gave");
    return ERR_INVALID;
}
