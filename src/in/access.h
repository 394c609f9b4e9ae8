/* access.h - what a client may, by its address */

#ifndef IN_ACCESS_H
#define IN_ACCESS_H

#include <stdint.h>

#define ACCESS_RELAY_MAX 255

/* What a rule sets; what it does not set is as control/ has it. */
struct access {
  int has_relayclient;
  char relayclient[ACCESS_RELAY_MAX + 1];       /* what every recipient gets appended */
  int has_databytes;
  uint64_t databytes;
  int has_greetdelay;
  unsigned int greetdelay;      /* seconds */
};

#endif
