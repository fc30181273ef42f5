/* SPDX-License-Identifier: MIT */
/*
 * What a harness and whatever runs it share. A harness is one file NAME.c with one function, its
 * first inputs are the files of corpus/NAME. "make check" replays these (replay.c), "make fuzz"
 * makes more with libFuzzer.
 */
#ifndef ACMEHOOK_FUZZ_H
#define ACMEHOOK_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program when what must hold for every input does not. */
#define MUST(condition)                                                                         \
	do {                                                                                    \
		if (!(condition)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                \
		}                                                                               \
	} while (0)

#endif
