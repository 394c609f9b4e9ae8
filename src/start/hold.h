/*
 * hold.h - which services of an instance run: locks on files in queue/lock/, which end with their holder
 *
 * The uninstaller asks by them, too.
 */

#ifndef START_HOLD_H
#define START_HOLD_H

/* Takes the lock of a service, below the home, until this process ends; shared is for one that may run more than once.
   1, or 0 when it runs already; ends the program when that cannot be known. */
extern int hold_service(char const *name, int shared);

#endif
