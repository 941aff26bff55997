package dev.anneal.service.files.check;

/** Published after a check was requested, so that this process starts it at once. */
record CheckRequested() {}
