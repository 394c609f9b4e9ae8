/* dotqmail.c - see dotqmail.h */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "local/dotqmail.h"

#define ENDING "default"

int dotqmail_absent(int error)
{
  return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG;
}

int dotqmail_dangles(char const *path)
{
  struct stat st;

  if (lstat(path, &st) == -1) return dotqmail_absent(errno) ? 0 : -1;
  errno = ENOENT;
  return -1;
}

int dotqmail_there(char const *path)
{
  struct stat st;

  if (!stat(path, &st)) return 1;
  return dotqmail_absent(errno) && !dotqmail_dangles(path) ? 0 : -1;
}

/* Upper case becomes lower and a dot a colon: no extension can name "..", so none leaves its directory's tree. */
static char safe(char c)
{
  if (c >= 'A' && c <= 'Z') return (char)(c + 32);
  return c == '.' ? ':' : c;
}

int dotqmail_name(char name[DOTQMAIL_NAME_MAX + 1], char const *dash, char const *ext, size_t ext_len,
                  char const *ending)
{
  size_t len = strlen(dash), i;

  if (len > LOOKUP_DASH_MAX || ext_len > ADDRESS_MAX || strlen(ending) > 14) {
    errno = ENAMETOOLONG;
    return -1;
  }
  len = (size_t)snprintf(name, DOTQMAIL_NAME_MAX + 1, ".qmail%s", dash);
  for (i = 0; i < ext_len; i++) name[len++] = safe(ext[i]);
  memcpy(name + len, ending, strlen(ending) + 1);
  return 0;
}

int dotqmail_search(char name[DOTQMAIL_NAME_MAX + 1], char const **rest, char const *dash, char const *ext,
                    dotqmail_try *try, void *data)
{
  size_t len = strlen(ext), i, end = sizeof ENDING - 1;
  int r;

  *rest = 0;
  if (dotqmail_name(name, dash, ext, len, "") == -1) return -1;
  r = try(name, data);
  if (r == 1 && len >= end && !strcmp(name + strlen(name) - end, ENDING)) *rest = ext + len - end;
  for (i = len + 1; !r && i--; ) {
    if (i && ext[i - 1] != '-') continue;
    if (dotqmail_name(name, dash, ext, i, ENDING) == -1) return -1;
    r = try(name, data);
    if (r == 1) *rest = ext + i;
  }
  return r;
}
