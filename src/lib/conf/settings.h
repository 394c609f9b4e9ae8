/* settings.h - the table of all settings: what mail-showctl prints and control.c takes defaults from */

#ifndef LIB_CONF_SETTINGS_H
#define LIB_CONF_SETTINGS_H

#include "lib/conf/form.h"

enum setting_kind {
  SETTING_VALUE,        /* one line */
  SETTING_NUMBER,       /* one unsigned decimal number */
  SETTING_LIST,         /* a line each */
  SETTING_MAP           /* key:value, a line each */
};

struct setting {
  char const *name;             /* file in control/ */
  enum setting_kind kind;
  char const *standard;         /* default; "=me" means the value of me; null: none */
  char const *readers;          /* programs, separated by blanks */
  char const *meaning;          /* a short sentence */
  enum form form;
  unsigned int least;           /* of a number; a smaller one is wrong */
  unsigned int most;            /* of a number; a larger one counts as this */
  /* What a wrong value does. 1: the default counts in its place, or a list's other lines do. 0: the setting cannot be
     used, since what would happen without it may be worse than waiting. */
  int safe;
};

extern struct setting const settings[];         /* sorted by name */
extern unsigned int const settings_count;

/* The row of a name, or null. */
extern struct setting const *setting_find(char const *name);

/* Null for a sound value, else what is expected: form_expects with the bounds of the row. Good until the next call. */
extern char const *setting_expects(struct setting const *, char const *key, char const *value);

#endif
