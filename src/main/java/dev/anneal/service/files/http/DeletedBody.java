package dev.anneal.service.files.http;

/** What a DELETE answers. */
record DeletedBody(String id, String object, boolean deleted) {}
