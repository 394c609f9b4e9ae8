/* ground.h - does the queue stand on a filesystem and on directories that can keep its promises? */

#ifndef QUEUE_GROUND_H
#define QUEUE_GROUND_H

/* To be called in the home's queue/. Returns when it is fit (perhaps with warnings in the log); else ends the
   program with 111 and a line that says what to do. With network, one on a network filesystem only warns. */
extern void ground_check(int network);

#endif
