package dev.anneal.service.files.check;

/** Published after a check was requested, so that this process begins it without waiting for the next look. */
record CheckRequested() {}
