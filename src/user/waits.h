/* waits.h - why recipients wait: what mail-send tells of destinations, and settings that hold mail */

#ifndef USER_WAITS_H
#define USER_WAITS_H

/* Reads which domains are local; before the program locks itself in. */
extern void waits_settings(void);
/* Reads what mail-send tells, in the queue's directory; complain: says on fd 2 why nothing can be known. */
extern void waits_published(int complain);

/* A line of its own, below a recipient that is to do: what it waits for, if that is known. */
extern void waits_print(char const *address);

#endif
