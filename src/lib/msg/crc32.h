/* crc32.h - the checksum of queue files (the CRC-32 of ISO 3309, as in zip): finds torn files, proves nothing */

#ifndef LIB_MSG_CRC32_H
#define LIB_MSG_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Adds bytes to a checksum that starts at 0. */
extern uint32_t crc32_add(uint32_t crc, char const *, size_t len);

#endif
