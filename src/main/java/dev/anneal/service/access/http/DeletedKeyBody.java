package dev.anneal.service.access.http;

/** What a DELETE answers. */
record DeletedKeyBody(String id, String object, boolean deleted) {}
