package dev.anneal.fuzz;

import java.io.IOException;

/** Reads one input as a parser's callers would. */
@FunctionalInterface
interface FuzzBody {

    /** Returns if the input is read or refused as it should be; anything thrown is a finding. */
    void read(byte[] input) throws IOException;
}
