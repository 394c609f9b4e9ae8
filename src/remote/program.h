/*
 * program.h - one run of a program in the place of mail-remote: its start, its watch, its end
 *
 * It runs in a process group of its own, which is killed when the program ends, takes too long, says too much, or when
 * nobody wants its results any more. Who runs one hears CHLD (lib/io/wake.h).
 */

#ifndef REMOTE_PROGRAM_H
#define REMOTE_PROGRAM_H

#include "remote/outcome.h"

/* Runs it with the message from its start on descriptor 0, until the deadline (io_clock) at most, and settles those
   that are asked in the outcome, for whom argv has the arguments. When jobs, the socket of the one who wants to know,
   is hung up, the process ends. */
extern void program_run(char *argv[], int message, long long deadline, int jobs, struct outcome *);

#endif
