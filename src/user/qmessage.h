/* qmessage.h - a queued message itself, for root: read without root's rights */

#ifndef USER_QMESSAGE_H
#define USER_QMESSAGE_H

/* Prints the messages of these IDs, or parts of IDs: their headers, or all; control bytes escaped, or as they are. Ends
   the program: 0, 1 when there was none, 2 when some were not there. */
extern _Noreturn void qmessage_print(char const *const *id, unsigned int n, int only_header, int raw);

#endif
