// SPDX-License-Identifier: MIT
#include "command.h"

const struct command commands[] = {
    {"migrate", "", "Create or update the database schema", migrate_help, NEEDS_CONFIG,
     migrate_options, run_migrate},
    {"key", "new", "Make a new keyring", key_help, NEEDS_CONFIG, NULL, run_key},
    {"user", "add|disable|enable|reset|list", "Manage accounts", user_help, NEEDS_CONFIG,
     user_options, run_user},
    {"sample", "", "Load made-up people", sample_help, NEEDS_CONFIG, sample_options, run_sample},
    {"import", "participants|contacts FILE", "Bring in a team's spreadsheet", import_help,
     NEEDS_CONFIG, import_options, run_import},
    {"export", "", "Make an evaluation export", export_help, NEEDS_CONFIG, export_options,
     run_export},
    {"routes", "", "Print every address the server answers", NULL, 0, NULL, run_routes},
    {"access", "", "Print what each role may do", NULL, 0, NULL, run_access},
    {"schema", "", "Print the entity diagram of the database", schema_help, NEEDS_CONFIG,
     schema_options, run_schema},
    {"doctor", "", "Say what is wrong with this installation", NULL, 0, NULL, run_doctor},
    {0},
};
