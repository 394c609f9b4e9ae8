/* groups.h - what of a message waits at its destinations: opening its groups, and taking them back */

#ifndef SEND_GROUPS_H
#define SEND_GROUPS_H

#include "send/message.h"

#define GROUPS_FULL_SECONDS 10  /* until there may be room in the table of destinations */
#define GROUPS_HELD_SECONDS 300 /* until a channel with concurrency 0 is looked at again, and a held domain */

/* Opens as many as there may be. Whose destination is dead or rests, or whose channel is held, gets no try. */
extern void groups_open(struct message *);
/* What is still to be ordered of it gets no try before until (io_clock). dead: because its host is. */
extern void groups_take_back(struct group *, long long until, int dead);
/* Nothing more of it begins. */
extern void groups_withdraw(struct message *);
/* Has each of its destinations enough without it? */
extern int groups_spare(struct message const *);

#endif
