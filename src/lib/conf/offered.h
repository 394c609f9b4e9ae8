/* offered.h - how clients may log in here: what mail-smtpd offers and mail-authd takes */

#ifndef LIB_CONF_OFFERED_H
#define LIB_CONF_OFFERED_H

#include "lib/conf/login.h"

/* A bit (1 << mechanism) for each that control/authmechanisms has and control/authbackend can do; all that it can where
   there is no such file. 0, or -1 with errno, as control.h has it. */
extern int login_mechanisms(unsigned int *set);

#endif
