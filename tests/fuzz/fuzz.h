/*
 * fuzz.h - what every fuzzer of this folder starts with
 *
 * Each defines LLVMFuzzerTestOneInput: `make fuzz` links it with libFuzzer, tests/fuzz.sh with tests/stub/replay.c, which
 * only runs it over its corpus. demand() is how it finds what no sanitizer sees.
 */

#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern int LLVMFuzzerTestOneInput(uint8_t const *, size_t);

#define demand(condition) ((condition) ? (void)0 : abort())

/* The input as a string, in memory that is exactly as long. */
static inline char *fuzz_string(uint8_t const *data, size_t len)
{
  char *s = malloc(len + 1);

  demand(s);
  if (len) memcpy(s, data, len);
  s[len] = 0;
  return s;
}

#endif
