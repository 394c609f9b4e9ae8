/* call.h - one connection of an operator, in a process of its own */

#ifndef DESK_CALL_H
#define DESK_CALL_H

/* Locked in, in the queue's directory: takes the request and answers it. parent: where orders go, or -1. */
extern _Noreturn void call_serve(int client, int parent);

#endif
