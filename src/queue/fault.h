/* fault.h - what a caller of mail-queued is told: a code of door/submit.h and a text, an RFC 3463 code first */

#ifndef QUEUE_FAULT_H
#define QUEUE_FAULT_H

struct fault {
  int code;             /* 0: none */
  char const *text;     /* static */
};

/* The first fault counts. */
extern void fault_set(struct fault *, int code, char const *text);
/* The same for an error of the queue's disk: errno, and for the log what was being done and with what below queue/. */
extern void fault_disk(struct fault *, char const *doing, char const *path);

#endif
