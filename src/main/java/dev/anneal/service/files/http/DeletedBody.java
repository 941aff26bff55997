package dev.anneal.service.files.http;

/** The answer to a DELETE. */
record DeletedBody(String id, String object, boolean deleted) {}
