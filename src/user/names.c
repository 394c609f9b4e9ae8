/* names.c - see names.h */

#include <unistd.h>

#include "lib/conf/conf.h"
#include "lib/conf/owner.h"
#include "lib/io/log.h"
#include "lib/priv/priv.h"
#include "user/names.h"

void names_must(struct names *names, char const *dir)
{
  if (names_read(names, dir) == -1)
    log_die(111, "fatal: cannot read queue/", names->path, owner_hint(names->path), (char *)0);
}

void names_enter(void)
{
  if (geteuid() && geteuid() != conf_users[CONF_SEND].uid)
    log_diex(100, "fatal: only root may see the queue", (char *)0);
  if (chdir(conf_home) == -1 || chdir("queue") == -1)
    log_die(111, "fatal: cannot go to ", conf_home, "/queue", (char *)0);
}

void names_lock(unsigned int access)
{
  struct priv_path const queue = { ".", access };
  struct conf_user const *mails = conf_users + CONF_SEND;

  if (priv_become(mails->uid, mails->gid) == -1) log_die(111, "fatal: cannot become ", mails->role);
  if (priv_lock(PRIV_OPEN, &queue, 1) == -1) log_die(111, "fatal: cannot lock itself in");
}
