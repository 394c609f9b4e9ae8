/* place.c - see place.h */

#include "send/place.h"

int place_may(enum place from, enum place to)
{
#define TO(p) 1u << PLACE_##p
  static unsigned int const may[PLACES] = {
    [PLACE_HAND] = TO(NEW) | TO(TIMED) | TO(LOT) | TO(LOADED) | TO(DONE) | TO(CLEAN) | TO(HELD),
    [PLACE_NEW] = TO(HAND), [PLACE_TIMED] = TO(HAND) | TO(HELD), [PLACE_LOT] = TO(HAND), [PLACE_DONE] = TO(HAND),
    [PLACE_LOADED] = TO(TIMED) | TO(LOT) | TO(DONE) | TO(STUCK) | TO(HELD) | TO(GONE),
    [PLACE_CLEAN] = TO(TIMED) | TO(LOADED) | TO(GONE),
    [PLACE_STUCK] = TO(TIMED), [PLACE_HELD] = TO(TIMED),
  };
#undef TO

  return may[from] >> to & 1;
}

char const *place_name(enum place p)
{
  static char const *const name[PLACES] = { "HAND", "NEW", "TIMED", "LOT", "LOADED", "DONE", "CLEAN",
                                             "STUCK", "HELD", "GONE" };

  return name[p];
}
