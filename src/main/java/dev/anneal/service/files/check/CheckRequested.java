package dev.anneal.service.files.check;

/** There is something new to find out about a file; whoever does that in this process need not wait for the next look. */
record CheckRequested() {}
