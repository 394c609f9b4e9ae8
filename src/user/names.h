/* names.h - the queue's directory, for who may see it: root, which becomes mails there */

#ifndef USER_NAMES_H
#define USER_NAMES_H

#include "lib/msg/names.h"

/* Reads dir ("todo", "mess", "state") in the queue's directory. Ends the program with 111 when it cannot. */
extern void names_must(struct names *, char const *dir);

/* Goes to the queue's directory; the caller must be root or mails. Ends the program otherwise. */
extern void names_enter(void);

/* Becomes mails, who may look into todo/ and state/: from here on bytes from outside may be read. Ends the program when
   that fails. Only the queue can be reached then, with the access given (lib/priv/priv.h). */
extern void names_lock(unsigned int access);

#endif
