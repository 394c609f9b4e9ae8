/* idkey.h - an ID in few bytes: 13 for its digits, 2 for each bounce number */

#ifndef LIB_MSG_IDKEY_H
#define LIB_MSG_IDKEY_H

#include <stdint.h>

#include "lib/msg/id.h"

#define IDKEY_LEN 17

extern void idkey_pack(unsigned char key[IDKEY_LEN], char const *id);
/* Of its arrival: minutes since 1970. */
extern uint32_t idkey_minute(unsigned char const key[IDKEY_LEN]);
extern void idkey_unpack(char id[ID_MAX + 1], unsigned char const key[IDKEY_LEN]);

#endif
