/* signature.h - the signature of a handshake's whole text, as its scheme wants it */

#ifndef KEY_SIGNATURE_H
#define KEY_SIGNATURE_H

#include <openssl/evp.h>

#include "door/sign.h"
#include "key/form.h"

/* 1 when the scheme is one of this key in such a text. */
extern int signature_fits(EVP_PKEY *, struct form_scheme const *, enum form);

/* Signs the request's text into the answer. 0, or -1: the key cannot. */
extern int signature_make(EVP_PKEY *, struct form_scheme const *, struct sign_request const *, struct sign_answer *);

#endif
