/*
 * ucspi.h - TLS by the program that started this one: UCSPI-TLS, as s6-ucspitlsd and ucspi-ssl have it
 *
 * The environment names three descriptors: on SSLCTLFD TLS is asked for, and from then on what the client says is read
 * from SSLREADFD, and what it is told goes to SSLWRITEFD. They may be one and the same.
 */

#ifndef IN_UCSPI_H
#define IN_UCSPI_H

#include "door/tls.h"

struct ucspi {
  int there;                    /* all zero: nobody does */
  int control, in, out;
};

/* Once, before anything is opened: takes what the environment names, and closes every other descriptor from 3 on.
   Numbers that are none, or of no open descriptor, are as good as not there. */
extern void ucspi_find(struct ucspi *);

/* Has TLS begin, and waits so many seconds for it to be on. 1, with version and cipher in the result, as far as they
   are told; 0 with its text. The control descriptor is closed. */
extern int ucspi_shake(struct ucspi *, unsigned int seconds, struct tls_result *);

#endif
