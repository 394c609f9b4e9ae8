/*
 * bodies-door.c LEDGER LONGEST - every body up to LONGEST bytes straight to mail-queued, past the network's readers
 *
 * With a CR or a NUL it must be refused (SUBMIT_REFUSED), else queued as it is. LEDGER as in bodies-smtp.c, the senders
 * are d<N>@load.example. Linked with the instance's home.
 */

#include <stdlib.h>

#include "bodies.h"
#include "door/submit.h"

static struct submit queue;

static int submit(unsigned long n, char const *s, size_t len)
{
  char records[100];
  int used = snprintf(records, sizeof records, "Fd%lu@load.example%cTx@sink.example", n, 0);

  if (queue.fd == -1) submit_open(&queue, 10);
  submit_begin(&queue, "");
  submit_data(&queue, s, len);
  return submit_end(&queue, records, (size_t)used + 1);
}

int main(int argc, char **argv)
{
  unsigned long n, all, taken = 0;
  FILE *ledger;

  if (argc != 3) return 100;
  ledger = fopen(argv[1], "w");
  all = body_count((unsigned int)atoi(argv[2]));
  if (!ledger) return 111;
  queue.fd = -1;
  for (n = 0; n < all; n++) {
    char s[BODY_LONGEST];
    size_t len = body_make(s, n);
    int bad = memchr(s, '\r', len) || memchr(s, 0, len), code = submit(n, s, len);
    if (code != (bad ? SUBMIT_REFUSED : SUBMIT_OK)) {
      printf("body %lu: %d %s\n", n, code, queue.text);
      return 1;
    }
    if (bad) continue;
    body_expect(ledger, "d", n, s, len);
    taken++;
  }
  if (fclose(ledger)) return 111;
  printf("taken %lu refused %lu\n", taken, all - taken);
  return 0;
}
