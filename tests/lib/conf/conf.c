/* conf.c - paths below the home, and that a socket's path fits where the kernel takes one */

#include <string.h>
#include <sys/un.h>

#include "lib/conf/conf.h"
#include "unit.h"

int main(void)
{
  char path[CONF_PATH_MAX];
  struct sockaddr_un socket;
  size_t home = strlen(conf_home);

  check("a path of its own", conf_path(path, "run/queue") == path && !strncmp(path, conf_home, home)
        && !strcmp(path + home, "/run/queue"));
  check("a file of a folder", !strcmp(conf_file(path, "bin", "mail-open") + home, "/bin/mail-open"));
  check("the longest path of a socket fits", CONF_HOME_MAX + sizeof "/run/verify/lookup" <= sizeof socket.sun_path);
  check("a name of the longest kind fits", CONF_HOME_MAX + sizeof "/control/" + 255 <= CONF_PATH_MAX);
  check("a user's role", conf_role_of(conf_users[CONF_SEND].uid) == CONF_SEND);
  check("a stranger has none", conf_role_of((uid_t)-2) == -1);
  return unit_end();
}
