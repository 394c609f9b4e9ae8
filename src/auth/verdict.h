/* verdict.h - what is known of a password */

#ifndef AUTH_VERDICT_H
#define AUTH_VERDICT_H

enum verdict {
  VERDICT_LATER,        /* nothing, now: the log says why */
  VERDICT_RIGHT,
  VERDICT_WRONG,
  VERDICT_UNKNOWN       /* there is no such login; only the log may say so */
};

#endif
