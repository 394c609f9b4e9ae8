/* settings.h - the table of all settings: what mail-showctl prints and control.c takes defaults from */

#ifndef SETTINGS_H
#define SETTINGS_H

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
};

extern struct setting const settings[];         /* sorted by name */
extern unsigned int const settings_count;

/* The row of a name, or null. */
extern struct setting const *setting_find(char const *name);

#endif
