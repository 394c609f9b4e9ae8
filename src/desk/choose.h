/* choose.h - is a message one of those that an operator means? */

#ifndef DESK_CHOOSE_H
#define DESK_CHOOSE_H

#include "desk/view.h"

/* Does it ask for nothing that needs a look at the message? */
extern int choose_by_name(struct ask_select const *);

/* Does it ask for nothing at all? */
extern int choose_any(struct ask_select const *);

/* By its ID and the time it came alone: what needs no look at it. */
extern int choose_id(struct ask_select const *, char const *id);

/* By all. One that is not sound has no sender, size or recipient that could be meant. */
extern int choose_message(struct ask_select const *, struct view const *);

/* Does it ask for what nobody can tell of a message that cannot be read for now? */
extern int choose_blind(struct ask_select const *);

/* Has it a recipient that is to do, and goes to this destination? */
extern int choose_destination(char const *domain, struct view const *);

#endif
