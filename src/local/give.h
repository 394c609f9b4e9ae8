/* give.h - a delivery goes to a mail-local: one of its user that rests, or a new one */

#ifndef LOCAL_GIVE_H
#define LOCAL_GIVE_H

#include "door/job.h"
#include "door/lookup.h"
#include "lib/msg/id.h"
#include "local/child.h"

#define GIVE_MAX 100            /* deliveries that one does: then it goes, so that nothing is held for ever */

/* What a delivery keeps of its job for the environment: the message's ID, and the parameters (door/param.h). */
struct give_params {
  char id[ID_MAX + 1];
  size_t of_sender, of_rcpt;    /* bytes of them */
  char sender[PARAM_RUN_MAX], rcpt[PARAM_RUN_MAX];
};

extern void give_params(struct give_params *, struct job const *);

/* Has a mail-local that is the user of the answer deliver the message for address, which the sender may have to name
   (lib/addr/verp.h); standard is the default delivery. 0, or -1 (logged). */
extern int give(struct child *, int message, struct lookup_answer const *, char const *sender, char const *address,
                char const *standard, struct give_params const *);

/* It is done with it: text has its words, and it rests or ends. */
extern void give_done(struct child *, char const *id);

#endif
