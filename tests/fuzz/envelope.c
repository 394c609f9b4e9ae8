/* envelope.c - the queue's envelope files, read as they are; and records of submitters, made into a file and read back */

#include <sys/mman.h>
#include <unistd.h>

#include "door/envelope.h"
#include "fuzz.h"

#define ID "00000000000000000000000001"

static int file(void const *s, size_t len)
{
  int fd = memfd_create("envelope", MFD_CLOEXEC);

  demand(fd != -1 && write(fd, s, len) == (ssize_t)len && lseek(fd, 0, SEEK_SET) == 0);
  return fd;
}

static int reads(void const *s, size_t len, uint32_t *rcpts)
{
  struct envelope e;
  int fd = file(s, len), r = envelope_read(&e, fd, ID);
  uint32_t i;

  close(fd);
  if (r != 1) return 0;
  demand(strlen(e.sender) < e.len && !strcmp(e.id, ID));
  envelope_param(&e, ENVELOPE_SENDER, 'r');
  for (i = 0; i < e.rcpts; i++) {
    demand(strlen(envelope_rcpt(&e, i)) < e.len);
    envelope_param(&e, i, 'n');
  }
  *rcpts = e.rcpts;
  envelope_free(&e);
  return 1;
}

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  char *records = fuzz_string(data, len);
  stralloc text = STRALLOC_ZERO;
  size_t i;
  uint32_t rcpts, wanted = 0;

  reads(data, len, &rcpts);
  if (envelope_records_ok(records, len) == 0) {
    for (i = 0; i < len; i += strlen(records + i) + 1) wanted += records[i] == 'T';
    demand(!envelope_make(&text, ID, 7, 0x12345678, 61, records, len));
    demand(reads(text.s, text.len, &rcpts) && rcpts == wanted);
    stralloc_free(&text);
  }
  free(records);
  return 0;
}
