/* give.c - see give.h */

#include <stdio.h>
#include <string.h>

#include "lib/addr/verp.h"
#include "lib/io/large.h"
#include "lib/io/log.h"
#include "local/give.h"
#include "local/launch.h"
#include "local/resting.h"

void give_params(struct give_params *p, struct job const *j)
{
  memcpy(p->id, j->id, sizeof p->id);
  p->of_sender = j->params.len;
  memcpy(p->sender, j->params.s, p->of_sender);
  p->of_rcpt = j->rcpt[0].params.len;
  memcpy(p->rcpt, j->rcpt[0].params.s, p->of_rcpt);
}

/* "NAME=value" of what was asked for. */
static void set_variables(struct task *t, struct give_params const *p)
{
  static LARGE char text[TASK_VARIABLES_MAX][TASK_VARIABLE_MAX + 1];
  struct param_run const sender = { p->sender, p->of_sender }, rcpt = { p->rcpt, p->of_rcpt };
  struct param const *k;

  for (k = params_known; k->letter && t->n < TASK_VARIABLES_MAX - 1; k++) {
    char const *value = param_get(k->of_rcpt ? rcpt : sender, k->letter);
    if (!value || (k->has_value && !*value)) continue;
    t->variables[t->n] = text[t->n];
    snprintf(text[t->n++], sizeof *text, "%s=%s", k->name, k->has_value ? value : "1");
  }
  t->variables[t->n] = text[t->n];
  snprintf(text[t->n++], sizeof *text, "QUEUEID=%s", p->id);
}

/* The sender as this recipient sees it. */
static char const *sender_for(char const *sender, char const *address)
{
  static char named[2 * ADDRESS_MAX + 2];       /* mail-local says when it is too long */

  if (!verp_is(sender)) return sender;
  verp_make(named, sizeof named, sender, address);
  return named;
}

int give(struct child *c, int message, struct lookup_answer const *a, char const *sender, char const *address,
         char const *standard, struct give_params const *params)
{
  struct task t = { a->user, a->home, a->local, a->dash, a->ext, a->domain, sender_for(sender, address), standard, 0,
                    { 0 } };

  set_variables(&t, params);
  while (resting_take(c, a->uid, a->gid, a->home)) {
    child_renew(c);
    c->tasks++;
    if (task_send(c->fd[2], &t, message) == 0) return 0;
    child_close(c);
  }
  if (launch(c, a->uid, a->gid, &t, message) == 0) return 0;
  log_sys("error: unable to start mail-local");
  return -1;
}

void give_done(struct child *c, char const *id)
{
  child_take_rest(c, id);
  if (c->tasks < GIVE_MAX) resting_put(c);
  else child_close(c);
}
