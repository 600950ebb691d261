/* How often a workload repeats its work: about 10^9 instructions, a hundredth of that in the short form. */
#pragma once
#ifdef SHORT_FORM
#define ROUNDS(full, short_form) (short_form)
#else
#define ROUNDS(full, short_form) (full)
#endif
