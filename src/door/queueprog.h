/*
 * queueprog.h - a program in the place of the queue (QMAILQUEUE), by qmail-queue's contract: its start and its result
 *
 * Who fears whom: the program is the choice of who set QMAILQUEUE and runs with that user's rights; nobody fears it,
 * but it may hang, die, or stop reading, and what it says is shown to strangers. It gets the message on its fd 0, then
 * the envelope on its fd 1 (door/envelope.h: F and T records, then a NUL), both to read, the log on fd 2, the home as
 * its directory, and the environment. With exit code 82 or 88 it may say in its own words why it refuses, on fd 4 or 6:
 * D (for ever) or Z (for now) and a text, 255 bytes together. See mail-filter(5).
 */

#ifndef DOOR_QUEUEPROG_H
#define DOOR_QUEUEPROG_H

#include <sys/types.h>

#define QUEUEPROG_TEXT_MAX 254

#define QUEUEPROG_NO_EXEC 120   /* qmail-queue's code for a program that cannot be run */

struct queueprog {
  pid_t pid;
  int message;          /* to write */
  int envelope;         /* to write */
  int words;            /* to read */
};

/* Starts it, in a process group of its own when own_group is set. Every descriptor is close-on-exec. 0, or -1 with
   errno: nothing is open then, and pid is -1. */
extern int queueprog_start(struct queueprog *, char const *program, int own_group);

/* In a child with its descriptors: becomes a program of the site, in the home, or exits with QUEUEPROG_NO_EXEC. */
extern _Noreturn void queueprog_become(char const *program);

/* What its wait status means: a code of qmail-queue's (door/submit.h), where 82 and 88 are turned into
   one of the class that the program's words ask for. text is why not, *own is 1 when the words are the program's. */
extern int queueprog_result(struct queueprog const *, int status, char text[QUEUEPROG_TEXT_MAX + 1], int *own);

#endif
