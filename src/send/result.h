/* result.h - reports become marks and lines of the log (mail-log(5)) */

#ifndef SEND_RESULT_H
#define SEND_RESULT_H

#include <stddef.h>

#include "send/deliver.h"

/* One record that came by an agent's channel. */
extern void result_take(enum agent, char const *, size_t len);

/* Deliveries without a report for longer than control/timeoutreport are put off: whatever became of it. */
extern void result_late(void);

/* lines.c */
extern void result_log(struct message const *, uint32_t index, char const *word, char const *relay, char const *text,
                       size_t len);
/* It was looked at for the first time. */
extern void result_log_new(struct message const *);
extern void result_log_end(char const *id);

#endif
