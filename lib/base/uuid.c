// SPDX-License-Identifier: MIT
#include "base/uuid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static void fill_random(uint8_t *p, size_t n)
{
    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0) {
            // Guessable keys would collide silently: better to stop.
            if (errno != EINTR)
                abort();
            continue;
        }
        p += got;
        n -= (size_t)got;
    }
}

char *uuid_new(struct arena *a)
{
    uint8_t b[16];
    fill_random(b, sizeof(b));
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    for (int i = 0; i < 6; i++)
        b[i] = (uint8_t)(ms >> (40 - 8 * i));
    // RFC 9562 6.2 method 3: the 12 bits after the version are the fraction of the millisecond,
    // which keeps index insertions in order at thousands a second.
    uint64_t fraction = ((uint64_t)now.tv_nsec % 1000000) * 4096 / 1000000;
    b[6] = (uint8_t)(0x70 | (fraction >> 8));
    b[7] = (uint8_t)fraction;
    b[8] = (uint8_t)(0x80 | (b[8] & 0x3f));
    char *text = arena_alloc(a, UUID_TEXT);
    uuid_text(b, text);
    return text;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool uuid_bytes(const char *s, uint8_t out[16])
{
    uint8_t b[16];
    size_t at = 0;
    if (!s)
        return false;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            if (s[at++] != '-')
                return false;
        int high = hex(s[at]);
        if (high < 0)
            return false;
        int low = hex(s[at + 1]);
        if (low < 0)
            return false;
        b[i] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    if (s[at] != '\0')
        return false;
    memcpy(out, b, sizeof(b));
    return true;
}

bool uuid_ok(const char *s)
{
    uint8_t b[16];
    return uuid_bytes(s, b);
}

const char *uuid_or_nil(const char *s)
{
    return s && uuid_ok(s) ? s : "00000000-0000-0000-0000-000000000000";
}

void uuid_text(const uint8_t in[16], char out[UUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    char *p = out;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *p++ = '-';
        *p++ = digits[in[i] >> 4];
        *p++ = digits[in[i] & 15];
    }
    *p = '\0';
}
