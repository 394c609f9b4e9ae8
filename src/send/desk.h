/*
 * desk.h - mail-desk's orders (door/order.h): what operators want is noted in the journal, then done
 *
 * An order is looked at, its record is written, and it is acted on; a verdict for each message goes back. DESK_COMMIT
 * is answered when all of it is on disk: one sync serves all that a turn has brought. Work is bounded: so many orders a
 * turn, and none is taken while an answer waits to be sent.
 */

#ifndef SEND_DESK_H
#define SEND_DESK_H

/* The descriptor, or -1: there is no mail-desk. Before any other is opened. */
extern int desk_find(void);
/* Domains that the journal holds are held from now on. */
extern void desk_start(void);
/* Takes orders. 0; -1: mail-desk is gone. */
extern int desk_hear(void);
/* Answers; and once all that is queued is known, the journal is tidied up. 0; 1: poll says when there is room for more
   answers; -1: mail-desk is gone. */
extern int desk_work(void);
/* When it has something to do that nobody tells of (io_clock); 0: nothing. */
extern long long desk_due(void);

#endif
