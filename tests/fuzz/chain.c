/* chain.c - the certificates of a folder below tls/: whatever is in the file, what is read is whole, or nothing */

#include "fuzz.h"
#include "tls/chain.h"

int LLVMFuzzerTestOneInput(uint8_t const *data, size_t len)
{
  STACK_OF(X509) *rest;
  X509 *own;
  char *s;
  int whole, i;

  if (!len) return 0;
  s = fuzz_string(data, len);
  whole = chain_read(s, len, &own, &rest) == 0;
  if (whole) {
    demand(own && sk_X509_num(rest) < CHAIN_MAX);
    for (i = 0; i < sk_X509_num(rest); i++) demand(sk_X509_value(rest, i));
  }
  X509_free(own);
  sk_X509_pop_free(rest, X509_free);
  free(s);
  return 0;
}
