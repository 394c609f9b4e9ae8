/* conf.c - see conf.h */

#include <stdio.h>

#include "lib/conf/conf.h"

char const *conf_path(char path[CONF_PATH_MAX], char const *below)
{
  snprintf(path, CONF_PATH_MAX, "%s/%s", conf_home, below);
  return path;
}

char const *conf_file(char path[CONF_PATH_MAX], char const *folder, char const *name)
{
  snprintf(path, CONF_PATH_MAX, "%s/%s/%s", conf_home, folder, name);
  return path;
}

int conf_role_of(uid_t uid)
{
  int i;

  for (i = 0; i < CONF_ROLES; i++)
    if (conf_users[i].uid == uid) return i;
  return -1;
}
