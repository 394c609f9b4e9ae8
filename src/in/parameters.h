/*
 * parameters.h - what stands behind the path of MAIL and RCPT: NAME=VALUE of the extensions offered
 *
 * Hides the grammar of every value. A parameter that is unknown or not offered (extensions.h), given twice or of a
 * wrong value refuses the command.
 * What the next hop or a report will need comes out as records of the envelope (door/envelope.h), ready to follow
 * the F or T they belong to.
 */

#ifndef IN_PARAMETERS_H
#define IN_PARAMETERS_H

#include <stddef.h>
#include <stdint.h>

#include "in/wire.h"

struct parameters {
  uint64_t size;                /* SIZE, RFC 1870; 0: not told */
  int utf8;                     /* SMTPUTF8, RFC 6531 */
  unsigned int seen;            /* which ones, bits of the module's own */
  size_t len;                   /* of kept */
  char kept[WIRE_LINE_MAX];     /* records; no longer than the line they came in. Or a refusal. */
};

/* Take " NAME=VALUE ...", all of it. Null, or a refusal, good as long as they are. auth: AUTH is offered; its parameter
   is taken then, and goes no further. utf8: MAIL had SMTPUTF8. */
extern char const *parameters_mail(struct parameters *, char const *text, int auth);
extern char const *parameters_rcpt(struct parameters *, char const *text, int utf8);

#endif
