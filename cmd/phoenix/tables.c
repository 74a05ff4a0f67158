// SPDX-License-Identifier: MIT
// `phoenix routes` and `phoenix access`: the two tables as the program has them.
#include "access/access.h"
#include "app/app.h"
#include "command.h"

#include <stdio.h>
#include <string.h>

enum err run_routes(struct cli *cli)
{
    (void)cli;
    const struct route_table *t = app_route_table();
    printf("%-7s %-52s %-22s %s\n", "METHOD", "ADDRESS", "PERMISSION", "WHAT IT IS");
    for (size_t i = 0; i < t->n; i++) {
        const struct route *r = &t->routes[i];
        bool open = r->flags & ROUTE_PUBLIC;
        printf("%-7s %-52s %-22s %s\n", r->method, r->pattern,
               open ? "(public)" : permission_row(r->permission)->code, r->summary);
    }
    return ERR_OK;
}

enum err run_access(struct cli *cli)
{
    (void)cli;
    printf("%-22s", "PERMISSION");
    for (int role = 0; role < ROLE_COUNT; role++)
        printf(" %-13s", role_code((enum role)role));
    puts(" WHAT IT LETS A PERSON DO");
    for (int p = PERM_NONE + 1; p < PERM_COUNT; p++) {
        const struct permission_row *row = permission_row((enum permission)p);
        printf("%-22s", row->code);
        for (int role = 0; role < ROLE_COUNT; role++)
            printf(" %-13s", row->scope[role] == SCOPE_NO ? "-" : scope_code(row->scope[role]));
        printf(" %s\n", row->words);
    }
    return ERR_OK;
}
