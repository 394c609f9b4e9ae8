/* edits.h - does somebody change the settings that say whose mail ends here? They hold without a signal */

#ifndef IN_EDITS_H
#define IN_EDITS_H

/* Begins to look. A descriptor that is readable when something happens in control/; -1 with errno. */
extern int edits_start(void);

/* Something happened there: 1 when one of those files is not what it was, else 0. Look before you read them. */
extern int edits_seen(int fd);

#endif
