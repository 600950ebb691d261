/// What gn_idle does: the tasks of a program put their own in its place.
#pragma once

/// Called by gn_idle with interrupts off, returns so; NULL: WFI.
void gn_idle_with(void (*idle)(void));
