/*
 * place.h - where a message is that mail-send knows
 *
 * Each is in one place, and moves as this table says; a move that is not in it is a fault of this program, and ends it:
 *
 *      HAND    just added or taken out, its taker says what next    -> NEW, TIMED, LOT, LOADED, DONE, CLEAN, HELD
 *      NEW     never looked at, in a lot                            -> HAND
 *      TIMED   in the heap, by due                                  -> HAND, HELD
 *      LOT     parked: a destination, the channel or the memory has enough already -> HAND
 *      LOADED  its envelope is in memory, or being read             -> TIMED, LOT, DONE, STUCK, HELD, forgotten
 *      DONE    in a lot: mail-clean is to be asked                  -> HAND
 *      CLEAN   mail-clean was asked                                 -> forgotten; TIMED, LOADED (it could not)
 *      STUCK   not understood                                       -> TIMED
 *      HELD    by an operator                                       -> TIMED
 */

#ifndef SEND_PLACE_H
#define SEND_PLACE_H

enum place { PLACE_HAND, PLACE_NEW, PLACE_TIMED, PLACE_LOT, PLACE_LOADED, PLACE_DONE, PLACE_CLEAN, PLACE_STUCK,
             PLACE_HELD, PLACE_GONE, PLACES };

/* Is this move in the table? */
extern int place_may(enum place from, enum place to);
extern char const *place_name(enum place);

#endif
