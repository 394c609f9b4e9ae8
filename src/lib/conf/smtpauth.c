/* smtpauth.c - see smtpauth.h */

#include <string.h>

#include "lib/conf/smtpauth.h"

#define PATH_BYTES_MAX 255

_Static_assert(PATH_BYTES_MAX < CONF_PATH_MAX - CONF_HOME_MAX - 3, "a path has room behind the home's");

static int path_ok(char const *s)
{
  size_t len = strlen(s), i;

  if (!len || len > PATH_BYTES_MAX || s[len - 1] == '/') return 0;
  for (i = 0; i < len; i++)
    if ((unsigned char)s[i] <= ' ' || s[i] == 127) return 0;
  return 1;
}

int smtpauth_read(char const *line, char login[SMTPAUTH_LOGIN_MAX + 1], char const **file)
{
  char const *colon = strrchr(line, ':');
  size_t len = colon ? (size_t)(colon - line) : 0, i;

  if (!*line) return 0;
  if (!len || len > SMTPAUTH_LOGIN_MAX || !path_ok(colon + 1)) return -1;
  for (i = 0; i < len; i++)
    if ((unsigned char)line[i] < ' ' || line[i] == 127) return -1;
  memcpy(login, line, len);
  login[len] = 0;
  *file = colon + 1;
  return 1;
}

int smtpauth_ok(char const *line)
{
  char login[SMTPAUTH_LOGIN_MAX + 1];
  char const *file;

  return smtpauth_read(line, login, &file) != -1;
}

char const *smtpauth_path(char path[CONF_PATH_MAX], char const *file)
{
  if (*file != '/') return conf_file(path, SMTPAUTH_FOLDER, file);
  memcpy(path, file, strlen(file) + 1);
  return path;
}
