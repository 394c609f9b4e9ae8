/*
 * ending.h - what the report of a delivery tells about its destination
 *
 *      spoke       a host was talked to
 *      down        no host could be talked to
 *      connected   a new connection was made for it
 *      good        a host has settled a recipient, for or against
 *      slow        hosts ask for less, or do not keep up: see ending.c
 */

#ifndef SEND_ENDING_H
#define SEND_ENDING_H

#include <stddef.h>
#include <stdint.h>

#include "door/report.h"

struct ending {
  uint32_t number;              /* of the delivery */
  int spoke, down, connected, good, slow;
  char const *reply;            /* what was said of a recipient: the first that was put off, or the first */
  size_t reply_len;
};

/* remote: it comes from mail-rspawn; what others say is about nobody's host. */
extern void ending_read(struct ending *, struct report const *, int remote);

#endif
