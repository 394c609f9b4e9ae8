/* waits.h - why recipients wait, in words on fd 1 */

#ifndef USER_WAITS_H
#define USER_WAITS_H

#include "door/waits.h"

/* Reads what mail-send tells; complain: says on fd 2 why nothing can be known. */
extern void waits_complain(int complain);

/* A line of its own, below a recipient that is to do: what it waits for, if that is known. */
extern void waits_print(char const *address);

#endif
