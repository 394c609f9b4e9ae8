/*
 * followup.h - Mail-Followup-To: where answers to everybody go, for mail to a mailing list
 *
 * QMAILMFTFILE names a file with addresses of mailing lists, one a line. Mail whose To or Cc names one of them
 * gets the field, with all addresses of To and Cc: subscribers among them are spared a second copy.
 */

#ifndef USER_FOLLOWUP_H
#define USER_FOLLOWUP_H

#include <skalibs/stralloc.h>

#include "user/rcpts.h"

/* Appends the field where it is due. A file that cannot be read ends the program with 111. */
extern void followup_add(stralloc *header, struct rcpts const *shown);

#endif
