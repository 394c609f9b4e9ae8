/* chain.c - see chain.h */

#include <openssl/err.h>
#include <openssl/pem.h>

#include "tls/chain.h"

int chain_read(char const *pem, size_t len, X509 **own, STACK_OF(X509) **rest)
{
  BIO *b = BIO_new_mem_buf(pem, (int)len);
  X509 *x;
  int whole;

  *rest = sk_X509_new_null();
  *own = b ? PEM_read_bio_X509(b, 0, 0, 0) : 0;
  ERR_clear_error();
  while (*own && *rest && sk_X509_num(*rest) < CHAIN_MAX && (x = PEM_read_bio_X509(b, 0, 0, 0)))
    if (!sk_X509_push(*rest, x)) X509_free(x);
  whole = *own && *rest && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  BIO_free(b);
  return whole ? 0 : -1;
}
