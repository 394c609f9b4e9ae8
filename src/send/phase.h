/* phase.h - what phase a message is in (round.h), loaded or not */

#ifndef SEND_PHASE_H
#define SEND_PHASE_H

#include "send/message.h"

extern enum phase round_phase(known);

#endif
