/* result.h - reports become marks and lines of the log */

#ifndef SEND_RESULT_H
#define SEND_RESULT_H

#include <stddef.h>

#include "send/deliver.h"

/* One record that came by an agent's channel. */
extern void result_take(enum agent, char const *, size_t len);

/* Deliveries without a report for longer than control/timeoutreport are put off: whatever became of it. */
extern void result_late(void);

#endif
